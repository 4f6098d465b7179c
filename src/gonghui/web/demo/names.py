"""Names of people and firms for the demonstration: drawn from common parts, belonging to nobody."""

from __future__ import annotations

from random import Random

SURNAMES = (
    "刘郭曾王李张陈肖罗彭谢胡周黄吴邓康尹欧阳袁朱徐廖钟朱龙贺宋戴谭邹何蔡万熊严赖温易颜段江杨梁高林孙叶夏余杜程赵"
)
_COMPOUND = ("欧阳", "上官", "尉迟")
MALE = "建平志强文斌福根秋生冬生国华卫民晓峰小军海涛伟明俊杰春生勇辉斌鹏飞永红光亮德胜金根水生荣贵新民绍林祥云启发浩然子轩宇航"
FEMALE = "细妹玉珍丽萍美玲春兰秀英桂香丽华小红雪梅冬梅晓燕婷婷敏静芳芬莲香凤英海燕雅琴秋菊淑珍慧玲佳怡思琪雨欣梦洁"
_PLACES = (
    "武功山",
    "泸水河",
    "羊狮慕",
    "禾水",
    "赣江",
    "庐陵",
    "青原",
    "白鹭洲",
    "井冈",
    "罗霄",
    "君华",
    "吉泰",
    "文山",
    "螺子山",
)
_TRADES = (
    ("食品有限公司", "C"),
    ("日用化工有限公司", "C"),
    ("电子科技有限公司", "C"),
    ("新材料有限公司", "C"),
    ("服饰有限公司", "C"),
    ("竹木制品有限公司", "C"),
    ("机械制造有限公司", "C"),
    ("医药有限公司", "C"),
    ("建筑工程有限公司", "E"),
    ("物流有限公司", "G"),
    ("商贸有限公司", "F"),
    ("农业开发有限公司", "A"),
    ("酒店管理有限公司", "H"),
    ("劳务派遣有限公司", "L"),
    ("软件技术有限公司", "I"),
    ("环保科技有限公司", "N"),
)
PUBLIC_BODIES = (
    ("中心小学", "400", "P"),
    ("中学", "400", "P"),
    ("卫生院", "400", "Q"),
    ("人民政府机关", "500", "S"),
    ("农业综合服务中心", "400", "A"),
)


def person_name(random: Random, female: bool) -> str:
    surname = random.choice(_COMPOUND) if random.random() < 0.01 else random.choice(SURNAMES)
    if surname == "欧" or surname == "阳":
        surname = "欧阳"
    given = FEMALE if female else MALE
    at = random.randrange(0, len(given) // 2) * 2
    if random.random() < 0.85:
        return surname + (given[at : at + 2] if random.random() < 0.4 else random.choice(given) + random.choice(given))
    return surname + random.choice(given)


def firm_name(
    random: Random, county: str, used: set[str], province: str = "江西", places: tuple[str, ...] = _PLACES
) -> tuple[str, str]:
    """A firm nobody has registered, and its industry section."""
    while True:
        trade, industry = random.choice(_TRADES)
        style = random.choice(
            ("吉", "安", "华", "恒", "鑫", "盛", "瑞", "泰", "丰", "宏", "达", "顺", "源", "康", "美", "利")
        )
        style += random.choice(
            ("源", "达", "泰", "和", "兴", "隆", "昌", "华", "丰", "旺", "通", "远", "鑫", "诚", "信")
        )
        place = random.choice(places) if random.random() < 0.25 and places else ""
        name = f"{province}{county.removesuffix('县').removesuffix('区').removesuffix('市')}{place}{style}{trade}"
        if name not in used:
            used.add(name)
            return name, industry
