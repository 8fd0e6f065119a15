"""Stripe, PayPal and Chargebee: payments and subscriptions."""

from csm_xl.intake.declaration import Exporter

STRIPE_CUSTOMERS = Exporter(
    "Stripe",
    "customers",
    "id|Email|Created (UTC)|Delinquent|Card ID/Default Source",
    {
        "customer_id": "id",
        "email": "Email",
        "name": "Name",
        "company": "Business Name",
        "phone": "Phone",
        "city": "Address City|Card Address City",
        "start": "Created (UTC)",
        "plan": "Plan",
        "total_spend": "Total Spend",
        "total_purchases": "Payment Count",
        "note": "Description",
    },
)
STRIPE_PAYMENTS = Exporter(
    "Stripe",
    "orders",
    "id|Created date (UTC)/Created (UTC)|Amount|Amount Refunded|Currency|Status|Customer ID|Captured",
    {
        "order_id": "id",
        "date": "Created date (UTC)|Created (UTC)",
        "account": "Customer ID",
        "email": "Customer Email",
        "name": "Customer Description",
        "amount": "Amount",
        "refunded": "Amount Refunded",
        "currency": "Currency",
        "status": "Status",
        "product": "Description",
        "invoice": "Invoice ID",
        "refunded_at": "Refunded date (UTC)",
    },
)
STRIPE_SUBSCRIPTIONS = Exporter(
    "Stripe",
    "subscriptions",
    "Customer ID|Plan/Product|Interval|Status|Current Period End (UTC)|Ended At (UTC)/Canceled At (UTC)",
    {
        "subscription_id": "id",
        "account": "Customer ID",
        "email": "Customer Email",
        "name": "Customer Name|Customer Description",
        "plan": "Product|Plan",
        "price": "Amount",
        "interval": "Interval",
        "quantity": "Quantity",
        "currency": "Currency",
        "start": "Start Date (UTC)|Start (UTC)|Created (UTC)",
        "end": "Ended At (UTC)|Canceled At (UTC)",
        "status": "Status",
        "trial_end": "Trial End (UTC)",
    },
)
PAYPAL = Exporter(
    "PayPal",
    "orders",
    "Transaction ID|Gross|Fee|Net|From Email Address|Type|Status",
    {
        "order_id": "Transaction ID",
        "date": "Date",
        "email": "From Email Address",
        "payee": "To Email Address",
        "name": "Name",
        "phone": "Contact Phone Number",
        "kind": "Type",
        "product": "Item Title|Subject",
        "quantity": "Quantity",
        "amount": "Gross",
        "currency": "Currency",
        "status": "Status",
        "invoice": "Invoice Number",
    },
)
CHARGEBEE_SUBSCRIPTIONS = Exporter(
    "Chargebee",
    "subscriptions",
    "subscriptions.id/Subscription Id|customers.id/Customer Id|subscriptions.plan_id/Plan Id"
    "|subscriptions.status/Status",
    {
        "subscription_id": "subscriptions.id|Subscription Id",
        "account": "customers.id|Customer Id",
        "email": "customers.email|Customer Email",
        "plan": "subscriptions.plan_id|Plan Id|Plan Name",
        "price": "subscriptions.mrr|MRR|Subscription Mrr",
        "start": "subscriptions.started_at|Started At|subscriptions.created_at",
        "end": "subscriptions.cancelled_at|Cancelled At",
        "status": "subscriptions.status|Status",
    },
)

ALL = (STRIPE_CUSTOMERS, STRIPE_PAYMENTS, STRIPE_SUBSCRIPTIONS, PAYPAL, CHARGEBEE_SUBSCRIPTIONS)
