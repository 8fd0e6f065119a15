"""What the shop sells: tea, hand-made cups and pots, and a box of tea by subscription."""

from __future__ import annotations

from dataclasses import dataclass

from csm_xl.language import Language, Text


@dataclass(frozen=True, slots=True)
class Product:
    """An article of the shop.

    Parameters
    ----------
    name : Text
    pounds, yuan : float
        Its price in each of the two shops.
    popularity : float
        How often it is bought.
    fragile : bool
        Whether it can break on the way.
    """

    name: Text
    pounds: float
    yuan: float
    popularity: float
    fragile: bool = False

    def price(self, lang: Language) -> float:
        """The price in the shop of that language."""
        return self.pounds if lang == "en" else self.yuan


COMPANY = Text("Leaf & Kiln", "一叶一器")
CURRENCY = Text("GBP", "CNY")

PRODUCTS = (
    Product(Text("Jasmine Pearls 50 g", "茉莉龙珠 50克"), 9.5, 68.0, 3.0),
    Product(Text("Longjing Green Tea 50 g", "明前龙井 50克"), 14.0, 128.0, 2.5),
    Product(Text("Tieguanyin Oolong 100 g", "铁观音 100克"), 16.5, 98.0, 2.5),
    Product(Text("Aged White Tea 100 g", "五年老白茶 100克"), 18.0, 138.0, 1.5),
    Product(Text("Keemun Black Tea 100 g", "祁门红茶 100克"), 11.0, 76.0, 3.0),
    Product(Text("Ripe Pu'er Cake 200 g", "熟普洱茶饼 200克"), 24.0, 168.0, 1.2),
    Product(Text("Celadon Tasting Cup", "青瓷品茗杯"), 13.0, 58.0, 2.0, True),
    Product(Text("Pair of Ash-Glaze Cups", "草木灰釉对杯"), 24.0, 118.0, 1.6, True),
    Product(Text("Hand-Thrown Gaiwan", "手拉坯盖碗"), 32.0, 158.0, 1.3, True),
    Product(Text("Stoneware Teapot 300 ml", "粗陶茶壶 300毫升"), 58.0, 298.0, 0.8, True),
    Product(Text("Glass Pitcher", "玻璃公道杯"), 15.0, 45.0, 1.0, True),
    Product(Text("Bamboo Tea Tray", "竹制茶盘"), 36.0, 188.0, 0.6),
    Product(Text("Tea Gift Set", "茶礼盒"), 42.0, 268.0, 0.9, True),
)

#: The box of each plan.
BOXES = {
    "monthly": Product(Text("Monthly Tea Box", "月度茶盒"), 22.0, 118.0, 0.0),
    "quarterly": Product(Text("Quarterly Tea Box", "季度茶盒"), 48.0, 258.0, 0.0),
}

#: What the owner improved, for a comparison of before and after: months before today.
CHANGES = ((5, Text("Double-walled boxes for everything fragile", "易碎品改用双层加厚包装")),)
