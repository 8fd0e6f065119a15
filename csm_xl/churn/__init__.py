"""Which customers are about to leave: training, the model as a formula, and its explanation."""
