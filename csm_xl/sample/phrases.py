"""What customers write, in both languages: praise, complaints and wishes by subject."""

from __future__ import annotations

from typing import Literal

from csm_xl.language import Text

Subject = Literal["tea", "pottery", "packing", "delivery", "service", "price", "plan", "shop"]

PRAISE: dict[Subject, tuple[Text, ...]] = {
    "tea": (
        Text("The jasmine tea is fragrant and very fresh.", "茉莉花茶香气很足，很新鲜。"),
        Text("Best oolong I have had in years.", "这是我这几年喝到最好的乌龙。"),
        Text("Lovely aroma, holds up to seven brews.", "香气好，泡七泡还有味道。"),
        Text("The black tea is rich without being bitter.", "红茶醇厚，一点也不苦涩。"),
        Text(
            "Clean taste, you can tell it is this spring's leaf.",
            "口感干净，一喝就知道是今年的春茶。",
        ),
        Text("My guests always ask where the tea is from.", "客人喝了都问我茶在哪里买的。"),
    ),
    "pottery": (
        Text("The glaze on the cups is beautiful.", "杯子的釉色非常漂亮。"),
        Text(
            "The teapot pours perfectly and feels good in the hand.",
            "茶壶出水利落，拿在手里很舒服。",
        ),
        Text("You can see the maker's hand in every piece.", "每一件都看得出手作的用心。"),
        Text("The gaiwan is light and does not burn the fingers.", "盖碗轻巧，不烫手。"),
    ),
    "packing": (
        Text("Everything arrived well packed, not a scratch.", "包装很仔细，一点磕碰都没有。"),
        Text(
            "The new boxes are sturdy and pretty enough to give away.", "新包装很结实，送人也体面。"
        ),
    ),
    "delivery": (
        Text("Arrived two days later, faster than expected.", "两天就到了，比预想的快。"),
        Text("Quick delivery as always.", "发货一如既往地快。"),
    ),
    "service": (
        Text("My question was answered within the hour.", "咨询一小时内就回复了。"),
        Text("So kind and patient, they helped me choose a gift.", "老板很耐心，帮我挑了礼物。"),
        Text("A handwritten card in the parcel made my day.", "包裹里有手写卡片，很暖心。"),
        Text("They sent a replacement without any fuss.", "二话不说就补发了，很负责。"),
    ),
    "price": (
        Text("Good value for leaf of this quality.", "这个品质的茶，价格很实在。"),
        Text("Not cheap, but worth every penny.", "不算便宜，但很值。"),
    ),
    "plan": (
        Text("I look forward to the tea box every time.", "每次都很期待茶盒。"),
        Text("The box brings teas I would never have tried.", "茶盒让我喝到了自己不会去买的茶。"),
    ),
    "shop": (
        Text("Will order again.", "会再来买的。"),
        Text("Recommended it to my sister already.", "已经推荐给我姐姐了。"),
        Text("Everything as described. 👍", "和描述一样，很满意[赞]"),
        Text("Love this little shop ❤️", "很喜欢这家小店[爱你]"),
    ),
}

COMPLAINTS: dict[Subject, tuple[Text, ...]] = {
    "tea": (
        Text("The tea tasted stale this time.", "这次的茶有点陈味，不新鲜。"),
        Text("Too much dust and broken leaf in the bag.", "碎末太多了，不像以前的品质。"),
        Text("The oolong was weak, gone after two brews.", "乌龙味道太淡，两泡就没味了。"),
    ),
    "pottery": (
        Text("The lid of the teapot does not fit.", "壶盖不严，有点晃。"),
        Text("The cups are smaller than in the photo.", "杯子比照片上小很多。"),
        Text("There is a crack in the glaze.", "釉面有裂纹。"),
    ),
    "packing": (
        Text(
            "One cup arrived broken, the packaging was far too thin.", "杯子收到就碎了，包装太薄。"
        ),
        Text("The box was crushed and the gift set looked awful.", "盒子压扁了，礼盒没法送人。"),
        Text(
            "The teapot was broken because there was hardly any padding.",
            "茶壶碎了，里面几乎没有缓冲。",
        ),
    ),
    "delivery": (
        Text(
            "The parcel took two weeks, much too late for the birthday.",
            "快递两周才到，生日都过了。",
        ),
        Text("Delivery was late again and nobody told me.", "又延迟发货，也没人通知我。"),
        Text("Tracking did not move for eight days.", "物流八天没有更新。"),
    ),
    "service": (
        Text("I wrote twice and got no answer.", "问了两次都没人回复。"),
        Text("The reply took four days and did not help.", "四天才回复，问题也没解决。"),
        Text("I had to ask three times for my refund.", "退款催了三次才到。"),
    ),
    "price": (
        Text("Prices went up and the bags got smaller.", "价格涨了，分量反而少了。"),
        Text("Shipping costs more than the tea.", "运费比茶还贵。"),
    ),
    "plan": (
        Text("The box had the same tea three times in a row.", "茶盒连续三次都是同一款茶。"),
        Text("I could not find how to pause the subscription.", "找不到暂停订阅的地方。"),
    ),
    "shop": (
        Text("The wrong item was in the parcel.", "发错货了。"),
        Text("The website logged me out while paying.", "付款时网页一直掉线。"),
    ),
}

WISHES: tuple[Text, ...] = (
    Text("Could you offer smaller sample sizes?", "能不能出一些小份的试喝装？"),
    Text("I wish I could pause my tea box while travelling.", "希望出差时可以暂停茶盒。"),
    Text("Would be great to have brewing instructions in the parcel.", "希望能附一张冲泡说明。"),
    Text("Please add a gift message option.", "建议增加礼品留言功能。"),
    Text("Could you use less plastic in the packaging?", "能不能少用一点塑料包装？"),
    Text("I would like to choose the teas in my box.", "希望茶盒里的茶可以自己选。"),
    Text("Could you ship on Saturdays?", "周六能不能也发货？"),
)

NEUTRAL: tuple[Text, ...] = (
    Text("It is all right, nothing special.", "还行，没什么特别的。"),
    Text("Tea is fine, the parcel took a while.", "茶还可以，就是快递慢了点。"),
    Text("As expected.", "跟预期差不多。"),
    Text("Nice cups, but I had hoped for a deeper colour.", "杯子不错，就是颜色没有想象中深。"),
)

#: What a shop system writes where a customer wrote nothing.
SILENT = Text("The customer left no comment.", "此用户没有填写评价。")

#: What customers ask about before they buy.
QUESTIONS: tuple[Text, ...] = (
    Text("Asked which tea suits a beginner", "咨询新手适合喝什么茶"),
    Text("Asked about delivery time", "咨询发货时间"),
    Text("Asked how to care for the teapot", "咨询茶壶怎么养护"),
    Text("Asked about pausing the tea box", "咨询怎么暂停茶盒"),
    Text("Asked about a bulk order", "咨询批量购买"),
    Text("Asked about caffeine", "咨询哪款茶不影响睡眠"),
)

OUTREACH: dict[str, tuple[Text, ...]] = {
    "email": (
        Text("Wrote to ask how the tea was", "写邮件询问茶喝得怎么样"),
        Text("Sent the spring list", "发送了春茶目录"),
    ),
    "phone": (
        Text("Called about the late parcel", "就延误的包裹致电"),
        Text("Called to thank for a large order", "致电感谢大额订单"),
    ),
    "chat": (
        Text("Asked whether the cups arrived safely", "询问杯子是否完好收到"),
        Text("Offered a sample of the new oolong", "送出新乌龙的试喝装"),
    ),
}

NOTES: tuple[Text, ...] = (
    Text("Likes roasted oolong", "喜欢浓香型乌龙"),
    Text("Buys gifts before holidays", "节前会买礼物"),
    Text("Prefers to be called in the afternoon", "下午联系比较方便"),
    Text("Collects celadon", "收藏青瓷"),
    Text("Met at the spring market", "春季市集上认识的"),
    Text("Serves our tea to guests", "店里用我们的茶待客"),
)
