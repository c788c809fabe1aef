"""What shoppers say that a general list of English opinion words does not know.

The opinion engine reads English words. Chinese terms, and English phrases whose
words say nothing alone, are told to it as the English word that weighs the same;
words that judge in a shop and nowhere else get a weight of their own.
"""

from __future__ import annotations

from typing import Final

__all__ = ["CHINESE", "PHRASES", "SHOP_WEIGHTS"]

# Weight from −4 (worst) to 4 (best), on the scale of Hutto and Gilbert (2014).
SHOP_WEIGHTS: Final[dict[str, float]] = {
    "late": -1.5, "slow": -1.4, "slowly": -1.2, "overpriced": -1.9, "pricey": -1.2,
    "expensive": -0.6, "cheap": -0.8, "hole": -1.2, "holes": -1.4, "pilling": -1.4,
    "bummed": -1.6, "flimsy": -1.9, "thin": -0.8, "scratchy": -1.5, "shrunk": -1.6,
    "shrank": -1.6, "faded": -1.4, "leaks": -1.6, "leaking": -1.6, "ripped": -1.7, "tore": -1.6,
    "stained": -1.6, "stain": -1.2, "unwearable": -2.3, "unflattering": -2.1, "frumpy": -1.8,
    "shapeless": -1.6, "boxy": -0.9, "baggy": -0.9, "refund": -1.1, "refunded": -0.9,
    "returned": -1.3, "returning": -1.5, "shoddy": -2.2, "stale": -1.5, "smelly": -1.8,
    "unresponsive": -1.9, "counterfeit": -2.4, "mediocre": -0.9, "subpar": -1.8, "sturdy": 1.7,
    "durable": 1.7, "comfy": 1.9, "affordable": 1.4, "quick": 1.2, "quickly": 1.2, "prompt": 1.5,
    "promptly": 1.5, "fast": 1.2, "soft": 1.1, "versatile": 1.6, "reliable": 1.8, "tasty": 1.9,
    "staple": 1.2, "chic": 1.5, "obsessed": 1.5,
}  # fmt: skip

# English word -> phrases that weigh the same, "|" between them. "x" is a word without weight.
PHRASES: Final[dict[str, str]] = {
    "broken": (
        "fell apart|falls apart|falling apart|came apart|stopped working|does not work|"
        "doesn't work|didn't work|did not work|broke after|broke within|broke in"
    ),
    "disappointed": (
        "will not order again|won't order again|will not buy again|won't buy again|never again|"
        "never order again|never buy again|not order again|not buy again|not what i expected|"
        "not as described|not as pictured|not as advertised|not what the picture|"
        "nothing like the picture|looks nothing like|sent it back|send it back|sending it back|"
        "sent this back|sending this back|going back|went back|had to return|wanted to love|"
        "wanted to like|want to love|wish i could|still waiting|last time i|two stars|one star|"
        "stay away|steer clear"
    ),
    "slow": (
        "took a week|took weeks|took two weeks|took three weeks|took a month|took ages|"
        "took forever|takes forever|weeks late|days late"
    ),
    "ignored": (
        "no word from|no reply|no response|no answer|never replied|never answered|never responded|"
        "never heard back|did not reply|didn't reply|never arrived|never came"
    ),
    "poor": (
        "waste of money|waste of time|not worth|wouldn't recommend|would not recommend|"
        "do not recommend|don't recommend|cannot recommend|can't recommend|do not buy|don't buy|"
        "see through|see-through|money back|runs small|runs large|runs big|too small|too big|"
        "too large|too short|too tight|too long|a bit off|better elsewhere|you get what you pay for"
    ),
    "great": (
        "will order again|will buy again|would buy again|would order again|order again|buy again|"
        "well made|well-made|well packed|well packaged|well worth|worth every|in use every day|"
        "use it every day|bought another|bought one for|bought a second|true to size|"
        "fits perfectly|fit perfectly|as described|as pictured|exceeded my expectations|five stars|"
        "what i hoped|what i wanted|must have|must-have|good value|a steal|spot on|"
        "my only complaint|where is that from|on time|ahead of time"
    ),
    "okay": "three stars|does the job|nothing special|so so|so-so",
    "x": (
        "not only|no problem|no problems|no complaints|no issues|no issue|no doubt|pretty much|"
        "like new|would like to|looks like|look like|looked like|feel like|feels like|felt like|"
        "something like|just like|kind of|sort of|free shipping|fit like|fits like"
    ),
}

# English word -> Chinese terms, blanks between them.
CHINESE: Final[dict[str, str]] = {
    "not": (
        "不 没 没有 未 别 不是 并不 并非 毫无 一点都不 一点也不 从不 无法 不能 不会 不够 不太 "
        "不怎么 算不上 谈不上"
    ),
    "very": (
        "很 非常 特别 超 超级 太 极其 极 十分 挺 真 真的 真是 相当 最 更 巨 蛮 格外 实在 实在是 "
        "完全 特 越来越"
    ),
    "slightly": "有点 有点儿 稍微 略 略微 稍 比较 还算 偏",
    "mediocre": "一般 一般般 不过如此 平平 普普通通 没有特别之处",
    "okay": "还可以 还行 可以 凑合 还好 够用 能用 过得去 将就 马马虎虎 中规中矩 尚可",
    "good": (
        "好 不错 不赖 挺好 棒 赞 值 值得 值了 优质 优秀 精致 精美 精良 结实 耐用 实用 好用 好吃 "
        "好喝 好看 好闻 漂亮 美观 舒服 舒适 柔软 厚实 合身 合适 正合适 正好合适 大气 高档 细致 "
        "周到 耐心 热情 贴心 用心 细心 负责 专业 靠谱 放心 实惠 划算 便宜 新鲜 香 清晰 流畅 方便 "
        "灵敏 安静 牢固 严实 完好 完好无损 及时 迅速 快 很快 飞快 神速 快捷 准时 认真 友好 亲切 "
        "礼貌 性价比高 不贵 不亏 有礼貌 上档次 有质感 有保障 轻便 好评 五星 顺滑 不掉色 不起球 "
        "不变形 没异味 没有异味 没色差 没有色差 无异味 无色差 不褪色 名副其实 如描述 和描述一致 "
        "与描述一致 和图片一致 与图片一致 一模一样 安心 省心 到位 给力"
    ),
    "great": (
        "超值 物超所值 物有所值 惊喜 完美 极好 好极了 太好了 非常好 没话说 没的说 没得说 没毛病 "
        "无可挑剔 超赞 点赞 给个赞 爱不释手 强烈推荐 一如既往 会再来 还会再来 会再买 还会再买 "
        "还会买 会回购 还会回购 必回购 无限回购 回购 再次购买 下次还来 下次还会 以后还来 还会光顾 "
        "会一直买 又买了 又给 再买 还会来 朋友都问 每天都在用 和期待的一样 超出预期 出乎意料的好 "
        "全五星 满分 不愧 一流 名不虚传 赞不绝口 棒棒哒 良心"
    ),
    "recommend": "推荐 安利 值得买 值得入手 值得购买 入手不亏 可以入",
    "love": "喜欢 爱 爱了 太爱了 喜爱 钟爱",
    "happy": "满意 开心 高兴 愉快 惊艳 感动 感谢 谢谢 欣慰",
    "disappointed": (
        "失望 后悔 郁闷 心寒 无语 不满 上当 踩雷 踩坑 翻车 被坑 坑人 坑 不会再买 不会再来 再也不买 "
        "再也不来 再也不会 不再购买 不会回购 不再光顾 不会光顾 不想再买 拉黑 不值 不值得 不推荐 "
        "劝退 别买 不要买 千万别 慎买 慎重 避雷 不符 货不对板 与图片不符 和图片不符 与描述不符 "
        "和描述不符 不一样 差太远 差远了 不如 没有想象中 不像 智商税 名不副实 言过其实 不咋地 "
        "不咋样 不怎么样 没法用 用不了 不能用 没用几 没用多久 还没用"
    ),
    "terrible": (
        "差评 垃圾 太差 极差 很差 差劲 烂 太烂 糟糕 恶心 恶劣 糟透 一星 零分 烂透 无良 黑心"
    ),
    "bad": (
        "差 坏 坏了 坏的 破 破了 破损 破洞 破碎 碎了 碎的 损坏 裂 裂开 裂了 开裂 断了 掉色 褪色 "
        "起球 变形 缩水 开线 脱线 线头 瑕疵 漏 漏水 漏液 漏气 漏发 少发 发错 错发 发错货 异味 难闻 "
        "刺鼻 臭 有味道 味道大 难看 难吃 难喝 难用 不好用 丑 粗糙 廉价 劣质 假 假货 假的 仿品 山寨 "
        "二手 旧 脏 污渍 色差 掉漆 生锈 过期 变质 卡顿 死机 松动 掉毛 掉了 坏掉 失灵 故障 问题 "
        "质量问题 毛病 缺陷 缺货 不合身 不合适 不舒服 扎人 太薄 太硬 太小 太大 太短 太长 太紧 太松 "
        "太贵 偏小 偏大 偏贵 略高 偏高 贵 小贵 坑爹 没货 少了 缺少 缺件 货不对 质量差 做工差 "
        "态度差 服务差 简陋 敷衍 推脱 推诿 推卸 踢皮球 不耐烦 爱理不理 爱答不理 不理人 不理 不回 "
        "不回复 没人理 没人回 不负责 骂人 骗 骗人 欺骗 欺诈 虚假 忽悠 投诉 麻烦 费劲 吵 噪音 "
        "噪音大 浪费 白花 降价 涨价 隔天就降价 不新鲜 不结实 不耐用 不牢 不严 不专业 不礼貌 没礼貌 "
        "没反应 没效果 没有效果 不好看 不好吃 不好 不行"
    ),
    "refund": "退货 退款 退了 退掉 退回 已退 换货 申请退款 要求退款",
    "slow": (
        "慢 太慢 偏慢 很慢 龟速 晚到 迟到 延迟 拖延 拖了 等了好久 等了很久 等太久 好几天 好久 "
        "还没到 还没收到 没收到 一直没 迟迟 一周才 半个月才 才回复 才发货 才到 还在等 没有任何通知 "
        "久等 超时"
    ),
    "x": (
        "好好 好像 好多 好几 最好 只好 你好 您好 好的 正好 刚好 好歹 好不容易 不好意思 不仅 不但 "
        "不止 不得不 不管 不知 不知道 不用 差不多 差点 差别 出差 慢慢 快递 快要 赶快 尽快 凉快 "
        "贵店 贵公司 珍贵 假期 放假 假如 假装 坏处 破坏 爱人 爱好 特点 特意 太阳 太太 更新 更换 "
        "最近 最后 极少 真空 真皮 真丝 超市 超过 没事 没想到 没关系 别人 别的 区别 分别 级别 告别 "
        "未来 可爱 香水 香味 价值 值班 好友 爱心 旧款 没问题 不成问题 没有问题 不同 不少 不断 不久 "
        "只不过 不然 要不 不妨 不由得 不一会 不到 不了解 没几天 破费 裂纹款 挺括 真心 问题不大 "
        "提问题 退货方便 退款快 退款很快 退款及时 退货很方便 快乐 假一赔 无理由退货 七天无理由"
    ),
}
