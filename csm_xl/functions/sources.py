"""Where the definitions come from: the two articles that the functions follow."""

#: 核心公式：满意度、忠诚度、体验得分。
STRATEGY = "一人公司如何打造高效的客户成功管理体系"
#: 满意度评分、流失率、流失预测。
PRACTICE = "一人公司的客户成功管理实践"
