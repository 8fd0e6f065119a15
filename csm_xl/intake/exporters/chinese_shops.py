"""淘宝 and 天猫, 拼多多, 抖店, 京东, 有赞, 微店, 小鹅通, 美团 and 微信小店.

Titles are written in simplified characters; a file in traditional ones is read as well.
"""

from csm_xl.intake.declaration import Exporter

TAOBAO = Exporter(
    "淘宝 / 天猫",
    "orders",
    "订单编号|买家会员名|买家应付货款|买家实际支付金额/实际支付金额|订单状态|收货人姓名|订单创建时间",
    {
        "order_id": "订单编号",
        "account": "买家会员名",
        "name": "收货人姓名",
        "phone": "联系手机|联系电话",
        "date": "订单付款时间|订单创建时间",
        "product": "宝贝标题|宝贝名称",
        "quantity": "宝贝总数量",
        "amount": "买家实际支付金额|实际支付金额|买家应付货款|总金额",
        "refunded": "退款金额",
        "status": "订单状态",
    },
    amounts="order",
)
PINDUODUO = Exporter(
    "拼多多",
    "orders",
    "订单号|订单状态|商品总价(元)|用户实付金额(元)/商家实收金额(元)|商品数量(件)|售后状态/商品规格/商品id",
    {
        "order_id": "订单号",
        "name": "收货人|收件人",
        "phone": "手机|收货人手机|收件人手机",
        "date": "支付时间|付款时间|拼单成功时间|订单成交时间|订单确认时间|确认收货时间",
        "product": "商品|商品名称",
        "quantity": "商品数量(件)",
        "amount": "用户实付金额(元)|商家实收金额(元)|商品总价(元)",
        "refunded": "退款金额(元)|退款金额",
        "status": "订单状态",
    },
)
DOUDIAN = Exporter(
    "抖店",
    "orders",
    "主订单编号|子订单编号|选购商品|订单应付金额/商品金额|订单提交时间|售后状态",
    {
        "order_id": "主订单编号",
        "name": "收件人",
        "phone": "收件人手机号|买家手机号",
        "date": "支付完成时间|订单提交时间",
        "product": "选购商品",
        "quantity": "商品数量",
        "amount": "订单应付金额|实付款|商品金额",
        "refunded": "退款金额|售后退款金额",
        "status": "订单状态",
        "city": "市",
    },
    amounts="line",
)
JINGDONG = Exporter(
    "京东",
    "orders",
    "订单号|商品名称|订购数量|京东价|订单金额|下单帐号/下单账号|订单状态",
    {
        "order_id": "订单号",
        "account": "下单帐号|下单账号",
        "name": "客户姓名",
        "phone": "联系电话",
        "date": "付款确认时间|下单时间",
        "product": "商品名称",
        "quantity": "订购数量",
        "amount": "应付金额|结算金额|订单金额",
        "status": "订单状态",
    },
    amounts="order",
)
YOUZAN = Exporter(
    "有赞",
    "orders",
    "订单号|订单状态|订单实付金额|买家手机号/买家昵称/买家姓名/收货人手机号/收货人手机号/提货人手机号"
    "|买家付款时间/订单创建时间|商品名称/全部商品名称",
    {
        "order_id": "订单号",
        "account": "买家id|买家ID",
        "name": "买家姓名|收货人/提货人|收货人|买家昵称",
        "phone": "买家手机号|收货人手机号/提货人手机号|收货人手机号|提货人手机号",
        "date": "买家付款时间|订单付款时间|订单创建时间",
        "product": "商品名称|全部商品名称",
        "quantity": "商品数量|商品总数量",
        "amount": "订单实付金额",
        "refunded": "订单已退款金额|退款金额",
        "status": "订单状态",
    },
    amounts="order",
)
WEIDIAN = Exporter(
    "微店",
    "orders",
    "订单编号|订单状态|下单时间/付款时间|收件人/提货人/收件人姓名/收件人|商品总数量/商品总件数/商品数量|实付金额/订单总金额/合计金额"
    "|微信昵称/买家备注/卖家备注/商家备注",
    {
        "order_id": "订单编号",
        "name": "收件人/提货人|收件人姓名|收件人",
        "phone": "收件人手机/提货人手机|收件人手机号|收件人手机|手机号",
        "date": "付款时间|支付时间|下单时间",
        "product": "商品名称|商品",
        "quantity": "商品总数量|商品总件数|商品数量",
        "amount": "实付金额|订单实付金额|实收金额|订单总金额|合计金额",
        "refunded": "退款金额|已退款金额",
        "status": "订单状态",
    },
)
XIAOE = Exporter(
    "小鹅通",
    "orders",
    "订单号|用户ID|用户昵称|实付金额(元)/实付金额|订单状态|商品名称",
    {
        "order_id": "订单号|订单ID",
        "account": "用户ID",
        "name": "真实姓名|用户姓名|用户昵称",
        "phone": "手机号|收集手机号|绑定手机号",
        "date": "支付时间|下单时间",
        "product": "商品名称",
        "amount": "实付金额(元)|实付金额",
        "refunded": "退款金额(元)|退款金额",
        "status": "订单状态",
    },
)
XIAOE_USERS = Exporter(
    "小鹅通",
    "customers",
    "用户ID|用户昵称/昵称|注册时间/创建时间|手机号|最近访问时间/最近活跃时间/累计消费金额/来源渠道",
    {
        "customer_id": "用户ID",
        "name": "真实姓名|用户姓名|姓名|用户昵称|昵称",
        "phone": "手机号|绑定手机号",
        "start": "注册时间|创建时间",
        "last_seen": "最近访问时间|最近活跃时间",
        "total_spend": "累计消费金额",
        "source": "来源渠道",
        "city": "城市",
    },
)
MEITUAN = Exporter(
    "美团",
    "orders",
    "订单编号/订单号|下单时间|商家实收/商家应收款/预计收入/商家应收|订单状态|顾客实付/用户实付/顾客姓名/用户姓名/菜品信息/商品信息",
    {
        "order_id": "订单编号|订单号",
        "name": "顾客姓名|用户姓名|收货人",
        "phone": "顾客手机号|用户手机号|顾客电话|手机号",
        "date": "下单时间",
        "product": "菜品信息|商品信息",
        "amount": "顾客实付|用户实付|实付金额|用户在线支付金额",
        "refunded": "退款金额|部分退款金额",
        "status": "订单状态",
    },
    amounts="order",
)
WECHAT_SHOP = Exporter(
    "微信小店",
    "orders",
    "订单号/订单编号|下单时间/订单下单时间|商品名称|订单实际支付金额/实际支付金额/订单实付金额|订单状态|收件人姓名/收货人姓名",
    {
        "order_id": "订单号|订单编号",
        "account": "买家openid|openid",
        "name": "收件人姓名|收货人姓名",
        "phone": "收件人手机|收货人手机号|收件人手机号",
        "date": "支付时间|付款时间|订单下单时间|下单时间",
        "product": "商品名称",
        "quantity": "商品数量",
        "amount": "订单实际支付金额|实际支付金额|订单实付金额",
        "refunded": "退款金额|商品已退款金额",
        "status": "订单状态",
    },
)
YOUZAN_MEMBERS = Exporter(
    "有赞",
    "customers",
    "客户姓名/姓名|手机号|成为客户时间/成为会员时间|累计消费金额|购买次数/消费次数/交易笔数",
    {
        "customer_id": "客户编号|客户ID|会员卡号",
        "name": "客户姓名|姓名|微信昵称",
        "phone": "手机号",
        "city": "城市|地区",
        "start": "成为客户时间|成为会员时间",
        "last_seen": "上次消费时间|最近消费时间",
        "points": "积分|可用积分",
        "total_spend": "累计消费金额",
        "total_purchases": "购买次数|消费次数|交易笔数",
        "source": "来源渠道|客户来源",
        "note": "备注",
    },
    along="标签|会员等级",
)

ALL = (
    TAOBAO,
    PINDUODUO,
    DOUDIAN,
    JINGDONG,
    YOUZAN,
    WEIDIAN,
    XIAOE,
    XIAOE_USERS,
    MEITUAN,
    WECHAT_SHOP,
    YOUZAN_MEMBERS,
)
