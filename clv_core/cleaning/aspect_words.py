"""What shoppers write about, and the words that name it in English and Chinese."""

from __future__ import annotations

from typing import Final

__all__ = ["ASPECT_WORDS"]

# Aspect (``columns.REVIEW_ASPECTS``) -> terms in both languages, "|" between them. A
# term that names two things stands under both.
ASPECT_WORDS: Final[dict[str, str]] = {
    "delivery": (
        "delivery|deliveries|deliver|delivers|delivered|delivering|shipping|shipped|ship|ships|"
        "shipment|courier|postage|mailed|arrived|arrive|arrives|arriving|arrival|dispatch|"
        "dispatched|transit|tracking|tracking number|parcel|to arrive|weeks late|days late|"
        "week late|fedex|ups|usps|dhl|royal mail|"
        "物流|快递|发货|送货|到货|配送|收到货|收到|运输|运费|派送|送达|晚到|迟到|邮寄|邮费|包裹|寄来|"
        "寄过来|顺丰|圆通|中通|申通|韵达|极兔|快递员|送货上门|签收|没到"
    ),
    "price": (
        "price|prices|priced|pricey|pricing|price point|expensive|inexpensive|cheap|cheaper|"
        "cheapest|cost|costs|costly|value for money|good value|worth|worth it|money|bargain|"
        "overpriced|affordable|discount|discounted|on sale|sale price|coupon|deal|steal|"
        "价格|价钱|价位|性价比|便宜|贵|太贵|偏贵|小贵|不贵|划算|实惠|值得|不值|不值得|超值|物超所值|"
        "物有所值|优惠|折扣|打折|降价|涨价|券|优惠券|这个价|钱|活动价|省钱|白花钱"
    ),
    "service": (
        "service|customer service|customer support|customer care|support|staff|seller|salesperson|"
        "reply|replied|replies|respond|responded|response|answered|assistance|representative|"
        "rude|no word from|helpful|the shop|the store|"
        "客服|服务|服务态度|态度|售后|卖家|店家|商家|店主|老板|店员|回复|答复|咨询|沟通|没有任何通知|"
        "导购|不理人|爱理不理"
    ),
    "quality": (
        "quality|well made|well-made|poorly made|cheaply made|made|material|materials|fabric|"
        "sturdy|flimsy|durable|durability|broke|broken|fell apart|falls apart|falling apart|"
        "came apart|stitching|stitched|seam|seams|sewn|workmanship|craftsmanship|craftmanship|"
        "defect|defects|defective|faulty|torn|ripped|hole|holes|stopped working|unraveled|"
        "pilling|shrunk|shrank|faded|"
        "质量|品质|做工|材质|材料|用料|面料|布料|料子|坏了|坏掉|就坏|破损|破了|碎了|结实|耐用|手感|质感|"
        "瑕疵|开线|脱线|线头|掉色|褪色|起球|缩水|变形|掉漆|生锈|粗糙|劣质|质量问题|异味|工艺"
    ),
    "fit": (
        "size|sizes|sized|sizing|fit|fits|fitted|fitting|true to size|tight|loose|baggy|snug|"
        "runs small|runs large|runs big|too small|too big|too large|too short|too long|too wide|"
        "too narrow|petite|length|waist|hips|bust|sleeves|boxy|"
        "尺码|尺寸|码数|大小|合身|不合身|偏大|偏小|太大|太小|太紧|太松|太长|太短|宽松|修身|版型|合适|"
        "不合适|大一码|小一码|大了|小了|长度|腰围|合脚|挤脚|码"
    ),
    "packaging": (
        "package|packages|packaging|packaged|packed|packing|wrapped|wrapping|wrapper|box|boxed|"
        "boxes|unpack|unpacking|unbox|unboxing|bubble wrap|gift wrap|"
        "包装|包装盒|盒子|箱子|纸箱|开箱|外包装|气泡膜|泡沫|包得|打包|礼盒|密封|包裹得"
    ),
    "returns": (
        "return|returns|returned|returning|refund|refunds|refunded|refunding|exchange|exchanged|"
        "money back|my money|send it back|sent it back|sending it back|sent this back|"
        "sending this back|sent them back|going back|went back|replacement|"
        "退货|退款|退换|退换货|换货|退了|退掉|退回|退钱|退运费|退|包退|换新|七天无理由|运费险"
    ),
    "other_shops": (
        "amazon|ebay|etsy|walmart|target|aliexpress|alibaba|temu|shein|ikea|costco|h&m|zara|asos|"
        "nordstrom|best buy|wayfair|shopee|lazada|tiktok shop|other shops|other stores|"
        "another shop|another store|other sellers|elsewhere|competitor|competitors|"
        "淘宝|天猫|京东|拼多多|唯品会|苏宁|当当|亚马逊|抖音|快手|小红书|闲鱼|得物|实体店|专柜|别家|"
        "其他家|其他店|别的店|另一家|另外一家|别人家"
    ),
}
