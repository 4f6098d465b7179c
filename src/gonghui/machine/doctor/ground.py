"""Checks of the machine itself: interpreter, packages, settings, fonts, browser, clock, calendar."""

import os
import re
import shutil
import subprocess
import sys
from datetime import date
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from chinese_calendar import constants as calendar

from gonghui.machine import config as configuration
from gonghui.machine.doctor.patient import Patient
from gonghui.machine.doctor.registry import Checks, Result
from gonghui.machine.doctor.report import Level
from gonghui.machine.fault import Fault

CHECKS = Checks()
_OLDEST = (3, 11)
_PIN = re.compile(r"^([A-Za-z0-9._-]+)==([^ \\;]+)(?:\s*;\s*([^\\]+))?", re.MULTILINE)


@CHECKS.check("python", "Python 版本")
def python(patient: Patient) -> Result:
    found = ".".join(map(str, sys.version_info[:3]))
    if sys.version_info < _OLDEST:
        return Level.ERROR, f"Python {found} 太旧，需要 3.11 以上", "安装新版后 make clean install"
    return Level.OK, f"Python {found}"


@CHECKS.check("glibc", "系统 C 库")
def glibc(patient: Patient) -> Result:
    try:
        name, _, number = (os.confstr("CS_GNU_LIBC_VERSION") or "").partition(" ")
        found = tuple(int(part) for part in number.split(".")[:2])
    except (ValueError, OSError):
        name, number, found = "", "", ()
    if patient.config.embedded and found < (2, 28):
        text = f"{name} {number}".strip() or "不是 glibc"
        return Level.ERROR, f"{text}，内嵌 PostgreSQL 需要 glibc 2.28 以上", "换新系统，或设置 DATABASE_URL"
    return Level.OK, f"{name} {number}"


@CHECKS.check("packages", "依赖包与锁定文件一致")
def packages(patient: Patient) -> Result:
    lock = configuration.root() / "requirements" / "run.lock"
    if not lock.is_file():
        return Level.OK, "不是从源码目录运行，跳过"
    wrong = []
    pins = _PIN.findall(lock.read_text(encoding="utf-8"))
    for name, wanted, condition in pins:
        try:
            found = version(name)
        except PackageNotFoundError:
            if condition:  # wanted on other systems only
                continue
            found = "未安装"
        if found != wanted:
            wrong.append(f"{name} 应为 {wanted}，现为 {found}")
    if wrong:
        more = f" 等 {len(wrong)} 个" if len(wrong) > 3 else ""
        return Level.ERROR, "；".join(wrong[:3]) + more, "rm -f .venv/.installed-* && make install"
    return Level.OK, f"{len(pins)} 个包全部一致"


@CHECKS.check("settings", "设置")
def settings(patient: Patient) -> Result:
    try:
        configuration.read()
    except Fault as error:
        return Level.ERROR, error.message, error.hint or ""
    return Level.OK, "环境变量与 gonghui.toml 都有效"


@CHECKS.check("exposure", "对外开放")
def exposure(patient: Patient) -> Result:
    config = patient.config
    if config.loopback:
        return Level.OK, "只在本机可访问"
    if config.demo:
        return (
            Level.ERROR,
            f"演示账号的口令人人知道，却监听在 {config.host}",
            "GONGHUI_DEMO=false，并换一个空的数据目录",
        )
    if config.debug:
        return Level.ERROR, f"调试模式会显示内部信息，却监听在 {config.host}", "GONGHUI_DEBUG=false"
    if "*" in config.allowed_hosts:
        return Level.ERROR, "allowed_hosts 含 *，任何主机名都接受", "GONGHUI_ALLOWED_HOSTS=gh.example.cn"
    if not config.public_url.startswith("https://"):
        mend = "在前面放 HTTPS 代理，并设 GONGHUI_PUBLIC_URL=https://…"
        return Level.WARNING, "对外网址不是 https，口令与验证码会明文传输", mend
    return Level.OK, f"监听 {config.host}，网址 {config.public_url}"


@CHECKS.check("sender", "验证码发送")
def sender(patient: Patient) -> Result:
    config = patient.config
    if config.sender in {"console", "file"} and not config.loopback:
        place = "窗口" if config.sender == "console" else "文件"
        return Level.WARNING, f"验证码只写到{place}，会员收不到", "GONGHUI_SENDER=sms 并设置 GONGHUI_SMS_*"
    return Level.OK, f"方式为 {config.sender}"


@CHECKS.check("account", "运行账号")
def account(patient: Patient) -> Result:
    if os.geteuid() == 0 and not patient.config.loopback:
        mend = "useradd --system gonghui，把项目与数据目录交给它，再用它运行"
        return Level.WARNING, "以 root 运行并对外开放", mend
    return Level.OK, "root（只在本机可访问）" if os.geteuid() == 0 else f"uid {os.geteuid()}"


@CHECKS.check("calendar", "工作日历")
def working_days(patient: Patient) -> Result:
    last, today = max(calendar.holidays).year, date.today()
    mend = "rm -f .venv/.installed-* && make install 更新 chinesecalendar，或在规则里录入放假通知"
    if last < today.year:
        return Level.ERROR, f"放假安排只到 {last} 年，本年期限会算错", mend
    if last < today.year + 1 and today.month == 12:  # the notice comes out in November
        return Level.WARNING, f"还没有 {today.year + 1} 年的放假安排，跨年期限是暂算的", mend
    return Level.OK, f"放假安排到 {last} 年" + ("，次年通知发布后更新" if last == today.year else "")


@CHECKS.check("regions", "行政区划数据")
def regions(patient: Patient) -> Result:
    file = Path(__file__).resolve().parents[2] / "catalogue" / "regions.csv"
    try:
        rows = sum(1 for _ in file.open(encoding="utf-8"))
    except OSError:
        rows = 0
    if rows < 3000:
        told = "没有行政区划数据" if rows == 0 else f"行政区划只有 {rows} 行，不完整"
        return Level.ERROR, told, "git checkout -- src/gonghui/catalogue/regions.csv 或重新安装"
    return Level.OK, f"{rows:,} 行"


@CHECKS.check("fonts", "中文字体")
def fonts(patient: Patient) -> Result:
    mend = "apt install fontconfig fonts-noto-cjk"
    if not shutil.which("fc-list"):
        return Level.WARNING, "没有 fontconfig，不能确认有中文字体；只影响打印与截图", mend
    found = subprocess.run(["fc-list", ":lang=zh", "family"], capture_output=True, text=True).stdout
    if not found.strip():
        return Level.WARNING, "没有中文字体，打印与截图里的汉字会成方块", mend
    return Level.OK, f"{len(set(found.splitlines()))} 种"


@CHECKS.check("browser", "测试用浏览器")
def browser(patient: Patient) -> Result:
    for name in ("chromium", "chromium-browser", "google-chrome"):
        if place := shutil.which(name):
            return Level.OK, place
    return Level.WARNING, "没有 Chromium，只影响浏览器测试", "apt install chromium"
