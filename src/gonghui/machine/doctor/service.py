"""Checks of what runs: port, worker and queue, the seal on the trail, left-over processes."""

import http.client

from gonghui.machine import children, ports
from gonghui.machine.doctor.patient import Patient, Untold
from gonghui.machine.doctor.registry import Checks, Result
from gonghui.machine.doctor.report import Level
from gonghui.machine.fault import Fault

CHECKS = Checks()
_HEARTBEAT = 60
_WAITING = 600
_SEAL = 300


@CHECKS.check("port", "监听端口")
def port(patient: Patient) -> Result:
    config = patient.config
    if patient.run is not None:
        return Level.OK, f"平台正在 {patient.run.get('url', config.public_url)} 运行"
    try:
        ports.check(config.host, config.port)
    except Fault as error:
        return Level.ERROR, error.message, error.hint or ""
    return Level.OK, f"{config.host}:{config.port} 空闲"


@CHECKS.check("gate", "领取闸口")
def gate(patient: Patient) -> Result:
    config = patient.config
    mend = f"查看 {config.data / 'log' / 'gate.log'}，或重新启动平台"
    if patient.run is None:
        try:
            ports.check(config.host, config.gate_port, "GONGHUI_GATE_PORT")
        except Fault as error:
            return Level.ERROR, error.message, error.hint or ""
        return Level.OK, f"{config.host}:{config.gate_port} 空闲"
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(config.host, config.host)
    line = http.client.HTTPConnection(host, config.gate_port, timeout=3)
    try:
        line.request("GET", "/healthz")
        status = line.getresponse().status
    except (OSError, http.client.HTTPException):
        return Level.ERROR, "闸口没有应答，先到先得的项目领不了", mend
    finally:
        line.close()
    if status != 200:
        return Level.ERROR, "闸口连不上数据库", mend
    return Level.OK, f"{config.gate_url} 有应答"


@CHECKS.check("worker", "后台任务进程")
def worker(patient: Patient) -> Result:
    if not patient.table("procrastinate_workers"):
        raise Untold("表结构")
    if patient.run is None:
        return Level.OK, "平台没有运行"
    age = patient.one("SELECT extract(epoch FROM now() - max(last_heartbeat))::float FROM procrastinate_workers")
    mend = f"查看 {patient.config.data / 'log' / 'worker.log'}，或重新启动平台"
    if age is None:
        return Level.ERROR, "没有后台任务进程在工作，导入与通知都会停着", mend
    if age > _HEARTBEAT:
        return Level.ERROR, f"后台任务进程 {age:.0f} 秒没有动静", mend
    return Level.OK, f"{age:.0f} 秒前有动静"


@CHECKS.check("queue", "任务队列")
def queue(patient: Patient) -> Result:
    if not patient.table("procrastinate_jobs"):
        raise Untold("表结构")
    waiting, oldest = patient.owner.execute(
        "SELECT count(*), coalesce(extract(epoch FROM now() - min(e.at)), 0)::float"
        " FROM procrastinate_jobs j JOIN procrastinate_events e ON e.job_id = j.id AND e.type = 'deferred'"
        " WHERE j.status = 'todo' AND coalesce(j.scheduled_at, e.at) < now()"
    ).fetchone() or (0, 0.0)
    failed = patient.one(
        "SELECT count(DISTINCT j.id) FROM procrastinate_jobs j JOIN procrastinate_events e ON e.job_id = j.id"
        " WHERE j.status = 'failed' AND e.type = 'failed' AND e.at > now() - interval '1 day'"
    )
    if waiting and oldest > _WAITING:
        text = f"{waiting} 项任务在等，最久的等了 {oldest / 60:.0f} 分钟"
        return Level.ERROR, text, "make run 启动平台；已在运行则查看 data/log/worker.log"
    if failed:
        return Level.WARNING, f"最近一天有 {failed} 项任务失败", "查看 data/log/worker.log，改正后重新发起"
    return Level.OK, f"{waiting} 项在等"


@CHECKS.check("seal", "留痕封签")
def seal(patient: Patient) -> Result:
    if not patient.table("trail_seal"):
        raise Untold("表结构")
    # Records younger than the last seal are expected; old ones mean that the sealer stands still.
    age = patient.one(
        "SELECT extract(epoch FROM now() - min(at))::float FROM trail_record"
        " WHERE at > coalesce((SELECT max(sealed_at) FROM trail_seal), '-infinity')"
    )
    if age is not None and age > _SEAL and patient.run is not None:
        told = f"有留痕 {age / 60:.0f} 分钟没有封签，其间的改动查不出来"
        return Level.ERROR, told, "查看 data/log/worker.log 中的封签任务，或重新启动平台"
    if age is not None and age > _SEAL:
        return Level.WARNING, f"有留痕 {age / 60:.0f} 分钟没有封签（平台没有运行）", "make run"
    return Level.OK, "全部已封签" if age is None else f"最早未封签的是 {age:.0f} 秒前"


@CHECKS.check("leftovers", "残留进程")
def leftovers(patient: Patient) -> Result:
    former = children.last_mark(patient.config.data)
    left = children.marked(former) if former and patient.run is None else []
    if left:
        told = f"上次没有正常停止，还留着 {len(left)} 个进程"
        return Level.WARNING, told, "make run 会清理它们", lambda: _sweep(former)
    return Level.OK, "没有"


def _sweep(mark: str) -> None:
    children.sweep(mark)
