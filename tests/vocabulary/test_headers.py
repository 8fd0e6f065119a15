import pytest

from csm_xl.vocabulary import layout
from csm_xl.vocabulary.headers import ALIASES, normalised

SHOPIFY_ORDERS = (
    "Name,Phone,Email,Financial Status,Paid at,Fulfillment Status,Fulfilled at,Accepts Marketing,"
    "Currency,Subtotal,Shipping,Taxes,Total,Discount Code,Discount Amount,Shipping Method,"
    "Created at,Lineitem quantity,Lineitem name,Lineitem price,Lineitem SKU,Billing Name,"
    "Billing Street,Shipping Name,Refunded Amount,Vendor,Id,Tags,Risk Level,Source"
)
TAOBAO_ORDERS = (
    "订单编号,买家会员名,买家支付宝账号,买家应付货款,买家应付邮费,总金额,返点积分,买家实际支付金额,订单状态,买家留言,"
    "收货人姓名,收货地址 ,运送方式,联系电话 ,联系手机,订单创建时间,订单付款时间 ,宝贝标题 ,宝贝种类 ,宝贝总数量,店铺名称,退款金额"
)
PINDUODUO_ORDERS = (
    "商品,订单号,订单状态,商品总价(元),邮费(元),店铺优惠折扣(元),用户实付金额(元),商家实收金额(元),商品数量(件),发货时间,"
    "商品id,商品规格,售后状态,订单成交时间,支付时间,收货人,手机"
)
STRIPE_PAYMENTS = (
    "id,Description,Created date (UTC),Amount,Amount Refunded,Currency,Customer ID,"
    "Customer Email,Status"
)
YOUZAN_ORDERS = "订单号,订单状态,下单时间,买家付款时间,买家昵称,买家手机号,商品名称,商品数量,订单实付金额,退款金额"
WEIDIAN_ORDERS = "订单编号,订单状态,下单时间,付款时间,收件人,手机,商品名称,数量,订单总金额,买家备注"
SHOPIFY_CUSTOMERS = (
    "Customer ID,First Name,Last Name,Email,Accepts Email Marketing,Default Address Company,"
    "Default Address City,Phone,Total Spent,Total Orders,Note,Tags"
)
HUBSPOT_CONTACTS = (
    "Record ID,First Name,Last Name,Company Name,Email,Phone Number,Create Date,Lifecycle Stage,"
    "Original Source,Became a Customer Date,Close Date,City"
)
SALESFORCE_CONTACTS = (
    "Contact ID,First Name,Last Name,Account Name,Email,Phone,Mailing City,Lead Source,"
    "Created Date,Do Not Call,Description"
)
ZOHO_CONTACTS = (
    "Record Id,Contact Name,Account Name,Email,Phone,Mailing City,Lead Source,Created Time,"
    "Email Opt Out,Description"
)
STRIPE_CUSTOMERS = (
    "id,Description,Email,Name,Created (UTC),Delinquent,Plan,Status,Total Spend,Payment Count,"
    "Refunded Volume"
)
STRIPE_SUBSCRIPTIONS = (
    "Customer ID,Customer Email,Customer Name,Plan,Start Date (UTC),Ended At (UTC),Status"
)
YOUZAN_CUSTOMERS = (
    "手机号,客户姓名,成为客户时间,累计消费金额,累计消费次数,最近消费时间,积分,会员等级"
)
WENJUANXING = (
    "序号,提交答卷时间,所用时间,来源,来源详情,来自IP,1、您对我们的总体满意度,2、您对产品质量的满意度如何？,"
    "3、您对客服的服务态度是否满意？,4、您有多大可能推荐我们？,5、您还有什么意见或建议？,6、您的手机号"
)


def columns(headers: str, table: str) -> dict[str, str]:
    cells = headers.split(",")
    found = layout.match_headers(cells, table, owners_only=True).columns
    return {key: cells[position].strip() for key, position in found.items()}


@pytest.mark.parametrize(
    ("export", "order", "date", "customer", "amount"),
    [
        (SHOPIFY_ORDERS, "Name", "Paid at", "Email", "Total"),
        (TAOBAO_ORDERS, "订单编号", "订单付款时间", "买家会员名", "买家实际支付金额"),
        (PINDUODUO_ORDERS, "订单号", "支付时间", None, "用户实付金额(元)"),
        (STRIPE_PAYMENTS, "id", "Created date (UTC)", "Customer ID", "Amount"),
        (YOUZAN_ORDERS, "订单号", "买家付款时间", "买家昵称", "订单实付金额"),
        (WEIDIAN_ORDERS, "订单编号", "付款时间", None, "订单总金额"),
    ],
    ids=["Shopify", "Taobao", "Pinduoduo", "Stripe", "Youzan", "Weidian"],
)
def test_the_orders_of_each_shop_are_understood(export, order, date, customer, amount):
    found = columns(export, "orders")
    assert (found["order_id"], found["date"], found["amount"]) == (order, date, amount)
    if customer:
        assert found["customer_id"] == customer


def test_pinduoduo_and_weidian_name_the_buyer_by_phone():
    for export in (PINDUODUO_ORDERS, WEIDIAN_ORDERS):
        assert columns(export, "orders")["phone"] == "手机"


@pytest.mark.parametrize(
    ("export", "customer", "start"),
    [
        (HUBSPOT_CONTACTS, "Record ID", "Became a Customer Date"),
        (SALESFORCE_CONTACTS, "Contact ID", "Created Date"),
        (ZOHO_CONTACTS, "Record Id", "Created Time"),
        (STRIPE_CUSTOMERS, "id", "Created (UTC)"),
        (STRIPE_SUBSCRIPTIONS, "Customer ID", "Start Date (UTC)"),
    ],
    ids=["HubSpot", "Salesforce", "Zoho", "Stripe", "Stripe subscriptions"],
)
def test_the_customers_of_each_program_are_understood(export, customer, start):
    found = columns(export, "customers")
    assert (found["customer_id"], found["start"]) == (customer, start)


def test_the_date_of_a_deal_is_not_the_date_of_leaving():
    assert "left_on" not in columns(HUBSPOT_CONTACTS, "customers")
    assert columns(STRIPE_SUBSCRIPTIONS, "customers")["left_on"] == "Ended At (UTC)"


def test_a_wish_not_to_be_contacted_comes_along():
    assert columns(SALESFORCE_CONTACTS, "customers")["do_not_contact"] == "Do Not Call"
    assert columns(ZOHO_CONTACTS, "customers")["do_not_contact"] == "Email Opt Out"


def test_figures_that_a_shop_already_added_up_are_kept_apart_from_ours():
    found = columns(YOUZAN_CUSTOMERS, "customers")
    assert found["total_spend"] == "累计消费金额"
    assert found["total_purchases"] == "累计消费次数"
    assert found["last_seen"] == "最近消费时间"


def test_the_questions_of_a_survey_are_understood_by_what_they_ask():
    assert columns(WENJUANXING, "feedback") == {
        "feedback_id": "序号",
        "date": "提交答卷时间",
        "rating": "1、您对我们的总体满意度",
        "functional": "2、您对产品质量的满意度如何？",
        "service": "3、您对客服的服务态度是否满意？",
        "recommend": "4、您有多大可能推荐我们？",
        "text": "5、您还有什么意见或建议？",
        "contact": "6、您的手机号",
    }


def test_the_columns_of_the_two_articles_are_understood():
    assert columns("正面反馈,总反馈,重复购买次数,总购买次数", "customers") == {
        "positive_feedback": "正面反馈",
        "total_feedback": "总反馈",
        "repeat_purchases": "重复购买次数",
        "total_purchases": "总购买次数",
    }
    assert columns("客户ID,使用频率,使用时长,反馈频率,是否流失", "customers") == {
        "customer_id": "客户ID",
        "usage": "使用频率",
        "usage_time": "使用时长",
        "feedback_count": "反馈频率",
        "churned": "是否流失",
    }


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Customer ID", "ＣＵＳＴＯＭＥＲ　ＩＤ"),
        ("Customer ID", " customer_id "),
        ("Created (UTC)", "created utc"),
        ("3、您的手机", "您的手机"),
        ("Q2. Rating", "rating"),
        ("收货地址 ", "收货地址"),
    ],
)
def test_case_width_spaces_punctuation_and_numbering_do_not_matter(one, other):
    assert normalised(one) == normalised(other)


def test_a_unit_in_brackets_is_dropped_only_on_request():
    assert normalised("商品总价(元)") == "商品总价元"
    assert normalised("商品总价（元）", brackets=False) == "商品总价"


def test_a_header_of_punctuation_or_number_only_survives_as_nothing_or_itself():
    assert normalised("---") == ""
    assert normalised(None) == ""
    assert normalised("2024.") == "2024"


def test_every_alias_belongs_to_a_column_of_the_layout():
    for table, by_column in ALIASES.items():
        for key in by_column:
            assert layout.table(table).column(key)
