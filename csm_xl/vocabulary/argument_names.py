"""What the arguments of worksheet functions are called in each language.

A formula knows an argument by its place, so that its name is for people only: in messages, in the
Function Wizard and in the list of functions.
"""

from __future__ import annotations

from csm_xl.language import Text

_CHINESE = {
    "annual_discount": "年折现率",
    "average_repeat_value": "复购平均金额",
    "before": "期初月费",
    "bins": "最高分",
    "churn_probability": "流失概率",
    "churned": "流失",
    "coefficients": "系数",
    "dates": "日期",
    "days": "天数",
    "days_first_to_last": "首末单间隔天数",
    "days_since_first": "距首单天数",
    "days_since_last": "距上次天数",
    "emotional": "情感满意度",
    "features": "特征",
    "from_date": "期初日",
    "functional": "功能满意度",
    "headers": "标题",
    "high": "高风险起点",
    "intercept": "截距",
    "left_dates": "流失日期",
    "loyalty": "忠诚度",
    "margin": "毛利率",
    "medium": "中风险起点",
    "method": "方法",
    "months": "月数",
    "n": "个数",
    "now": "现在月费",
    "orders": "订单数",
    "positive": "正面反馈数",
    "probability": "概率",
    "ratings": "评分",
    "reason": "原因",
    "repeat": "重复购买次数",
    "satisfaction": "满意度",
    "scores": "推荐意愿",
    "service": "服务满意度",
    "spend": "消费金额",
    "stage": "阶段",
    "start_dates": "开始日期",
    "tenure_days": "客户天数",
    "tenure_months": "客户月数",
    "text": "文字",
    "texts": "文字",
    "tiers": "层级数",
    "to_date": "期末日",
    "total": "总数",
    "usage": "使用度",
    "usage_before": "之前使用次数",
    "usage_now": "近期使用次数",
    "weights": "权重",
}


def argument_name(name: str) -> Text:
    """An argument's name; one that has no Chinese name yet stands as it is."""
    return Text(name, _CHINESE.get(name, name))


def quoted_argument(name: str) -> Text:
    """An argument's name as it stands in a sentence: ``ratings``, “评分”."""
    return Text(name, f"“{_CHINESE[name]}”" if name in _CHINESE else name)
