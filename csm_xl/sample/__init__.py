"""The sample company: a one-person shop for tea and hand-made cups, with all its customers.

>>> from csm_xl import sample
>>> shop = sample.company("en")
>>> len(shop.tables["customers"])
200
"""

from csm_xl.sample.sample_company import SEED, TODAY, Company, company

__all__ = ["SEED", "TODAY", "Company", "company"]
