"""Checks of the data directory: rights, keys, space, attachments, backups."""

import contextlib
import os
import shutil
import stat
import time
from pathlib import Path

from gonghui.machine import secrets as keys
from gonghui.machine.backup import FOLDER, SUFFIX
from gonghui.machine.doctor.patient import Patient
from gonghui.machine.doctor.registry import Checks, Result
from gonghui.machine.doctor.report import Level
from gonghui.machine.fault import Fault
from gonghui.machine.postgres import home as homes

CHECKS = Checks()
_GB = 1 << 30
_DAYS = 7


@CHECKS.check("data", "数据目录")
def directory(patient: Patient) -> Result:
    data = patient.config.data
    if not data.exists():
        return Level.WARNING, f"{data} 还不存在", "make run 会建立它", lambda: data.mkdir(parents=True)
    if not data.is_dir():
        return Level.ERROR, f"{data} 不是目录", "换一个 GONGHUI_DATA"
    if not os.access(data, os.R_OK | os.W_OK | os.X_OK):
        return Level.ERROR, f"当前账号不能读写 {data}", f"chown -R $(id -un) {data}"
    if data.stat().st_mode & stat.S_IWOTH:
        return Level.ERROR, f"{data} 任何账号都能写", f"chmod o-w {data}", lambda: _strip(data, stat.S_IWOTH)
    return Level.OK, str(data)


@CHECKS.check("secrets", "密钥")
def secrets(patient: Patient) -> Result:
    file = patient.config.data / keys.FILE
    if not file.exists():
        if homes.recorded(patient.config.data / "postgres"):
            return Level.ERROR, f"{file} 不见了，而数据库还在", "gonghui restore 备份文件"
        return Level.WARNING, "还没有密钥，第一次启动时生成", "make run"
    mode = stat.S_IMODE(file.stat().st_mode)
    if mode & 0o077:
        told = f"{file} 权限为 {mode:04o}，别的账号能读"
        return Level.ERROR, told, f"chmod 600 {file}", lambda: file.chmod(0o600)
    try:
        keys.load(patient.config.data)
    except Fault as error:
        return Level.ERROR, error.message, error.hint or ""
    return Level.OK, "齐全，权限 0600"


@CHECKS.check("disk", "磁盘空间")
def disk(patient: Patient) -> Result:
    places = [patient.config.data if patient.config.data.exists() else patient.config.data.parent]
    if patient.made and patient.config.embedded:
        with contextlib.suppress(Fault):  # said by the check of the database
            places.append(homes.settle(patient.config.data / "postgres").directory)
    free, place = min((shutil.disk_usage(_existing(place)).free, str(place)) for place in places)
    text = f"{place} 还剩 {free / _GB:.1f} GB"
    mend = "清理磁盘，或把 GONGHUI_DATA 换到更大的盘"
    if free < _GB:
        return Level.ERROR, f"{text}，写满后数据库会停止写入", mend
    if free < 5 * _GB:
        return Level.WARNING, text, mend
    return Level.OK, text


@CHECKS.check("files", "附件目录")
def files(patient: Patient) -> Result:
    folder = patient.config.data / "files"
    if folder.exists() and not os.access(folder, os.W_OK | os.X_OK):
        return Level.ERROR, f"{folder} 不能写，上传会失败", f"chown -R $(id -un) {folder}"
    if folder.exists() and folder.stat().st_mode & 0o077:
        told = f"{folder} 里有个人信息，别的账号却能读"
        return Level.ERROR, told, f"chmod 700 {folder}", lambda: folder.chmod(0o700)
    return Level.OK, str(folder)


@CHECKS.check("static", "页面素材")
def static(patient: Patient) -> Result:
    if not (patient.config.data / "static" / "staticfiles.json").is_file():
        if not patient.made:
            return Level.OK, "第一次启动时收集"
        return Level.ERROR, "页面素材没有收集，页面打不开", "gonghui migrate"
    return Level.OK, "已收集"


@CHECKS.check("backup", "备份")
def backup(patient: Patient) -> Result:
    newest = max(
        ((file.stat().st_mtime, file.name) for file in (patient.config.data / FOLDER).glob(f"*{SUFFIX}")),
        default=None,
    )
    if newest is None:
        level = Level.OK if patient.config.demo else Level.WARNING
        return level, "还没有备份" + ("（演示）" if patient.config.demo else ""), "gonghui backup --check"
    days = (time.time() - newest[0]) / 86400
    if days > _DAYS:
        return (
            Level.WARNING,
            f"最近一次备份是 {days:.0f} 天前（{newest[1]}）",
            "gonghui backup --check，并定时执行",
        )
    return Level.OK, f"最近一次 {newest[1]}，{days:.1f} 天前"


def _strip(path: Path, bits: int) -> None:
    path.chmod(stat.S_IMODE(path.stat().st_mode) & ~bits)


def _existing(path: Path) -> Path:
    while not path.exists():
        path = path.parent
    return path
