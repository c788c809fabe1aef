// Tells the server which mark of the chart beside it was clicked.
// Streamlit's own selections know bars and points, but neither heatmaps nor flows.

const heard = new WeakMap() // a chart -> what to do when one of its marks is clicked

export default function ({ parentElement, data, setTriggerValue }) {
  const box = document.querySelector(`.st-key-${CSS.escape(data.box)}`)
  if (!box) return
  const report = ({ points }) => {
    const mark = points?.[0]
    if (!mark || mark.pointNumber === undefined) return
    setTriggerValue("clicked", {
      curve: mark.curveNumber ?? 0,
      at: [mark.pointNumber].flat(),
      part: mark.sourceLinks ? "node" : mark.source ? "link" : "",
    })
  }
  // The chart may be drawn later than this, or anew: it is looked for when a finger comes down.
  const listen = () => {
    const chart = box.querySelector(".js-plotly-plot")
    if (!chart?.on) return
    if (!heard.has(chart)) chart.on("plotly_click", event => heard.get(chart)(event))
    heard.set(chart, report)
  }
  box.addEventListener("pointerover", listen, true)
  box.addEventListener("pointerdown", listen, true)
  return () => {
    box.removeEventListener("pointerover", listen, true)
    box.removeEventListener("pointerdown", listen, true)
  }
}
