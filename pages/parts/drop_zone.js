// The drop zone: files go to the server in pieces (receiving.py), with progress by bytes.
// The browser reads each piece from the disk when it is sent; no file is held in memory.

const SMALLEST_PIECE = 512 * 1024
const LARGEST_PIECE = 8 * 1024 * 1024
const WAITS_S = [1, 2, 4, 8, 15] // before each further try when the connection is lost
const SILENCE_MS = 60_000 // a connection on which nothing moves for so long is lost
const SPEED_KNOWN_MS = 2_000 // no time is told before
const zones = new WeakMap()

class Refused extends Error {} // message: the server's code
class Lost extends Error {}
class Cancelled extends Error {}

export default function (component) {
  const place = component.parentElement
  if (!zones.has(place)) zones.set(place, new Zone(place))
  const zone = zones.get(place)
  zone.update(component)
  return () => {
    zone.giveUp()
    zones.delete(place)
  }
}

class Zone {
  constructor(place) {
    this.find = selector => place.querySelector(selector)
    this.rows = []
    this.piece = LARGEST_PIECE
    this.busy = false
    const input = this.find("input"), choose = this.find(".choose"), target = this.find(".zone")
    choose.onclick = () => input.click()
    input.onchange = () => {
      this.take([...input.files])
      input.value = "" // the same file may be chosen again
    }
    target.ondragover = event => {
      event.preventDefault()
      target.classList.toggle("over", !this.busy)
    }
    target.ondragleave = () => target.classList.remove("over")
    target.ondrop = event => {
      event.preventDefault()
      target.classList.remove("over")
      this.take([...event.dataTransfer.files])
    }
    this.onleave = () => this.giveUp()
    window.addEventListener("pagehide", this.onleave)
  }

  update({ data, setTriggerValue }) {
    if (this.data && data.ticket !== this.data.ticket && !this.busy) this.clear()
    this.data = data
    this.words = data.words
    this.report = ids => setTriggerValue("received", ids)
    this.find(".label").textContent = this.words.label
    this.find(".choose").textContent = this.words.choose
    this.find(".limits").textContent = this.words.limits
    this.find("input").accept = data.accept
    this.rows.forEach(row => row.translate())
  }

  clear() {
    this.rows = []
    this.find(".files").replaceChildren()
    this.find(".summary").textContent = ""
  }

  work(busy) {
    this.busy = busy
    this.find(".choose").disabled = busy
    this.find("input").disabled = busy
  }

  async take(files) {
    if (this.busy || !files.length) return
    this.work(true)
    this.clear()
    this.ticket = this.data.ticket
    this.rows = files.map(file => new Row(this, file))
    try {
      await this.send()
    } catch (failure) {
      this.tell(failure)
    } finally {
      this.work(false)
    }
  }

  async send() {
    this.refuseLarge()
    const named = this.rows.map(({ file }) => ({ name: file.name.slice(-1000), size: file.size }))
    const { ids } = await this.ask("POST", "", JSON.stringify({ files: named }))
    this.rows.forEach((row, place) => { row.id = ids[place] })
    for (const row of [...this.rows]) await row.send()
    if (this.left || !this.rows.length) return // all were cancelled
    this.rows.forEach(row => { row.cancel.disabled = true })
    this.find(".summary").textContent = this.words.storing
    const stored = await this.ask("POST", "/finish")
    this.report(stored.ids)
  }

  refuseLarge() {
    const large = this.rows.find(({ file }) => file.size > this.data.largest)
    if (!large) return
    this.sending = large
    throw new Refused("too_large")
  }

  // One request, tried again while the connection is lost.
  async ask(method, path, body, watch) {
    for (let tries = 0; ; tries++) {
      try {
        return await this.request(method, path, body, watch)
      } catch (failure) {
        if (!(failure instanceof Lost) || tries >= WAITS_S.length) throw failure
        await new Promise(wake => setTimeout(wake, WAITS_S[tries] * 1000))
      }
    }
  }

  request(method, path, body, watch = {}) {
    const request = new XMLHttpRequest()
    request.open(method, this.data.address + path)
    for (const [name, value] of Object.entries(this.headers())) request.setRequestHeader(name, value)
    return new Promise((resolve, reject) => {
      let alarm
      const listen = () => {
        clearTimeout(alarm)
        alarm = setTimeout(() => { reject(new Lost()); request.abort() }, SILENCE_MS)
      }
      listen()
      watch.abort = () => request.abort()
      request.upload.onprogress = event => { listen(); watch.progress?.(event.loaded) }
      request.onerror = () => reject(new Lost())
      request.onabort = () => reject(new Cancelled())
      request.onload = () => {
        const answer = parse(request.responseText)
        if (request.status < 300) resolve(answer)
        else if (answer?.refusal) reject(new Refused(answer.refusal))
        else reject(request.status === 413 ? new Refused("smaller_pieces") : new Lost())
      }
      request.onloadend = () => clearTimeout(alarm)
      request.send(body)
    })
  }

  headers() {
    const proof = document.cookie.match(/(?:^|; )_streamlit_xsrf=([^;]*)/)
    return { "X-Upload-Ticket": this.ticket, "X-Xsrftoken": proof ? decodeURIComponent(proof[1]) : "" }
  }

  // Say what failed at the file it failed at; nothing of the drop is kept.
  tell(failure) {
    const code = failure instanceof Refused ? failure.message : failure instanceof Lost ? "lost" : null
    if (code === null) throw failure
    const words = this.words.refusals[code] ?? this.words.refusals.not_understood
    const row = this.rows.includes(this.sending) ? this.sending : this.rows[0]
    row?.fail(words)
    this.rows.forEach(other => other.stop())
    if (this.rows.length > 1) this.find(".summary").textContent = this.words.none_kept
    this.discard("")
  }

  // The page is left, or the zone taken away: what has come is of no use.
  giveUp() {
    window.removeEventListener("pagehide", this.onleave)
    if (!this.busy) return
    this.left = true
    this.rows.forEach(row => { row.cancelled = true; row.watch.abort?.() })
    this.discard("")
  }

  discard(path) {
    fetch(this.data.address + path, { method: "DELETE", headers: this.headers(), keepalive: true })
      .catch(() => {}) // the server forgets it by itself after a while
  }
}

class Row {
  constructor(zone, file) {
    Object.assign(this, { zone, file, sent: 0, cancelled: false, watch: {} })
    this.item = document.createElement("li")
    this.name = this.add("span", "name")
    this.again = this.add("button", "again")
    this.cancel = this.add("button", "cancel")
    this.bar = this.add("progress", "bar")
    this.amount = this.add("span", "amount")
    this.told = this.add("span", "told")
    this.again.type = this.cancel.type = "button"
    this.again.hidden = true
    this.told.setAttribute("role", "alert")
    this.name.textContent = file.name
    this.bar.max = Math.max(file.size, 1)
    this.bar.setAttribute("aria-label", file.name)
    this.cancel.onclick = () => this.leaveOut()
    this.translate()
    this.show(0)
    zone.find(".files").append(this.item)
  }

  add(kind, name) {
    const element = document.createElement(kind)
    element.className = name
    this.item.append(element)
    return element
  }

  translate() {
    const { words } = this.zone
    this.cancel.textContent = words.cancel
    this.cancel.setAttribute("aria-label", `${words.cancel}: ${this.file.name}`)
    this.again.textContent = words.again
  }

  async send() {
    this.zone.sending = this
    this.began = performance.now()
    while (this.sent < this.file.size && !this.cancelled) {
      try {
        await this.sendPiece()
      } catch (failure) {
        if (this.cancelled) return
        if (!(failure instanceof Lost)) throw failure
        await this.pause()
      }
    }
    if (!this.cancelled) this.show(this.file.size)
  }

  async sendPiece() {
    const { zone } = this
    const piece = this.file.slice(this.sent, this.sent + zone.piece)
    await readable(piece)
    if (this.cancelled) return // while the file was looked at
    this.watch.progress = loaded => this.show(this.sent + Math.min(loaded, piece.size))
    try {
      await zone.ask("PUT", `/${this.id}?at=${this.sent}`, piece, this.watch)
      this.sent += piece.size
      this.show(this.sent)
    } catch (failure) {
      // A proxy on the way may take less at once than the server does.
      if (failure.message !== "smaller_pieces" || zone.piece <= SMALLEST_PIECE) throw failure
      zone.piece /= 2
    }
  }

  // The connection stayed lost: wait for the user, then go on where it broke off.
  async pause() {
    if (this.cancelled) return
    this.told.textContent = this.zone.words.refusals.lost
    this.again.hidden = false
    await new Promise(resume => {
      this.resume = resume
      this.again.onclick = resume
    })
    this.told.textContent = ""
    this.again.hidden = true
    this.began = performance.now()
    this.beganAt = this.sent
  }

  leaveOut() {
    const { zone } = this
    this.cancelled = true
    zone.rows = zone.rows.filter(row => row !== this)
    this.item.remove()
    if (zone.busy && this.id) zone.discard(`/${this.id}`)
    this.watch.abort?.()
    this.resume?.()
    zone.find(".choose").focus()
  }

  show(sent) {
    const { words, data } = this.zone
    const [done, all] = [sent, this.file.size].map(bytes => size(bytes, data.locale))
    const left = this.timeLeft(sent)
    this.bar.value = this.file.size ? sent : 1
    this.amount.textContent = words.amount.replace("{done}", done).replace("{all}", all)
      + (left === null ? "" : " · " + words.left.replace("{time}", span(left, data.locale)))
  }

  timeLeft(sent) {
    const passed = performance.now() - this.began
    const moved = sent - (this.beganAt ?? 0)
    if (!(passed > SPEED_KNOWN_MS) || moved <= 0 || sent >= this.file.size) return null
    return ((this.file.size - sent) / moved) * passed / 1000
  }

  fail(words) {
    this.told.textContent = words
  }

  stop() {
    this.cancel.remove()
    this.bar.remove()
    this.amount.textContent = ""
  }
}

// A folder, or a file that changed on the disk meanwhile, cannot be read.
async function readable(piece) {
  try {
    await piece.slice(0, 1).arrayBuffer()
  } catch {
    throw new Refused("unreadable")
  }
}

function parse(text) {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

function size(bytes, locale) {
  const units = ["byte", "kilobyte", "megabyte", "gigabyte"]
  const step = Math.min(Math.floor(Math.log(Math.max(bytes, 1)) / Math.log(1000)), 3)
  const unit = { style: "unit", unit: units[step], unitDisplay: "short" }
  const digits = step > 1 ? 1 : 0
  return new Intl.NumberFormat(locale, { ...unit, minimumFractionDigits: digits, maximumFractionDigits: digits })
    .format(bytes / 1000 ** step)
}

function span(seconds, locale) {
  const inMinutes = seconds >= 90
  const unit = { style: "unit", unit: inMinutes ? "minute" : "second", unitDisplay: "short" }
  return new Intl.NumberFormat(locale, { ...unit, maximumFractionDigits: 0 })
    .format(Math.max(1, Math.round(inMinutes ? seconds / 60 : seconds)))
}
