import uuid

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

import gonghui.kernel.scope
from gonghui.kernel.tables import CreateTables


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("kernel", "0029_sealed_box"),
    ]

    operations = [
        CreateTables(
            [
                migrations.CreateModel(
                    name="Ballot",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("path", gonghui.kernel.scope.PathField(db_collation="C")),
                        ("token", models.UUIDField(default=uuid.uuid4, unique=True, verbose_name="公开编号")),
                        ("kind", models.CharField(max_length=8, verbose_name="方式")),
                        ("question", models.CharField(max_length=200, verbose_name="表决事项")),
                        ("options", models.JSONField(verbose_name="选项")),
                        ("seats", models.PositiveSmallIntegerField(default=1, verbose_name="应选名额")),
                        (
                            "state",
                            models.CharField(
                                choices=[("open", "投票中"), ("counted", "已计票"), ("void", "已作废")],
                                default="open",
                                max_length=8,
                                verbose_name="状态",
                            ),
                        ),
                        ("electorate", models.PositiveSmallIntegerField(verbose_name="全体代表")),
                        ("present", models.PositiveSmallIntegerField(verbose_name="出席代表")),
                        ("quorum", models.CharField(max_length=8, verbose_name="出席要求")),
                        ("majority", models.CharField(max_length=8, verbose_name="通过要求")),
                        ("modulus", models.TextField(db_collation="C", verbose_name="公钥")),
                        ("key_sealed", models.BinaryField(null=True, verbose_name="私钥")),
                        ("opened_on", models.DateField(verbose_name="投票日期")),
                        ("counted_on", models.DateField(null=True, verbose_name="计票日期")),
                        ("issued_count", models.PositiveSmallIntegerField(null=True, verbose_name="发出选票")),
                        ("paper_ballots", models.PositiveSmallIntegerField(default=0, verbose_name="纸质票")),
                        ("paper", models.JSONField(default=dict, verbose_name="纸质票计票")),
                        (
                            "scrutineers",
                            models.CharField(blank=True, default="", max_length=200, verbose_name="监票人"),
                        ),
                        ("counts", models.JSONField(default=dict, verbose_name="计票")),
                        ("result", models.JSONField(default=dict, verbose_name="结果")),
                        ("words", models.CharField(blank=True, default="", max_length=1500, verbose_name="结果")),
                    ],
                    options={
                        "db_table": "democracy_ballot",
                    },
                ),
                migrations.CreateModel(
                    name="Item",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("path", gonghui.kernel.scope.PathField(db_collation="C")),
                        ("number", models.PositiveSmallIntegerField(verbose_name="序号")),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("hear", "听取报告"),
                                    ("deliberate", "审议方案"),
                                    ("pass", "表决通过"),
                                    ("elect", "选举"),
                                ],
                                max_length=12,
                                verbose_name="类别",
                            ),
                        ),
                        ("title", models.CharField(max_length=120, verbose_name="议题")),
                        ("text", models.CharField(blank=True, default="", max_length=2000, verbose_name="说明")),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("waiting", "待进行"),
                                    ("voting", "投票中"),
                                    ("heard", "已听取"),
                                    ("deliberated", "已审议"),
                                    ("passed", "已通过"),
                                    ("rejected", "未通过"),
                                    ("elected", "已选出"),
                                    ("unfilled", "未选足"),
                                    ("deferred", "改期再议"),
                                ],
                                default="waiting",
                                max_length=12,
                                verbose_name="状态",
                            ),
                        ),
                        ("decided_on", models.DateField(null=True, verbose_name="办理日期")),
                        ("decision", models.CharField(blank=True, default="", max_length=3000, verbose_name="结果")),
                    ],
                    options={
                        "db_table": "democracy_item",
                    },
                ),
                migrations.CreateModel(
                    name="Congress",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("path", gonghui.kernel.scope.PathField(db_collation="C")),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("enterprise", "企业职代会"),
                                    ("regional", "区域性职代会"),
                                    ("industry", "行业性职代会"),
                                ],
                                max_length=12,
                                verbose_name="类别",
                            ),
                        ),
                        ("number", models.PositiveSmallIntegerField(verbose_name="届次")),
                        ("workers", models.PositiveIntegerField(verbose_name="职工人数")),
                        ("women", models.PositiveIntegerField(verbose_name="女职工人数")),
                        ("starts_on", models.DateField(verbose_name="本届起")),
                        ("ends_on", models.DateField(verbose_name="本届止")),
                        ("late_until", models.DateField(null=True, verbose_name="延期换届至")),
                        (
                            "late_reason",
                            models.CharField(blank=True, default="", max_length=300, verbose_name="延期原因"),
                        ),
                        (
                            "state",
                            models.CharField(
                                choices=[("preparing", "选举代表"), ("sitting", "任期内"), ("ended", "已换届")],
                                default="preparing",
                                max_length=10,
                                verbose_name="状态",
                            ),
                        ),
                        ("made_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                        (
                            "organisation",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="kernel.organisation",
                                verbose_name="工会",
                            ),
                        ),
                    ],
                    options={
                        "db_table": "democracy_congress",
                    },
                ),
                migrations.CreateModel(
                    name="Contract",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("path", gonghui.kernel.scope.PathField(db_collation="C")),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("general", "综合集体合同"),
                                    ("wage", "工资专项集体合同"),
                                    ("women", "女职工权益保护专项集体合同"),
                                    ("safety", "劳动安全卫生专项集体合同"),
                                    ("skill", "能级工资集体协议"),
                                ],
                                max_length=10,
                                verbose_name="类别",
                            ),
                        ),
                        (
                            "scope",
                            models.CharField(
                                choices=[("enterprise", "企业"), ("regional", "区域性"), ("industry", "行业性")],
                                default="enterprise",
                                max_length=10,
                                verbose_name="范围",
                            ),
                        ),
                        ("title", models.CharField(max_length=120, verbose_name="名称")),
                        ("firms", models.PositiveIntegerField(default=1, verbose_name="覆盖企业")),
                        ("workers", models.PositiveIntegerField(verbose_name="覆盖职工")),
                        ("starts_on", models.DateField(verbose_name="起始日期")),
                        ("ends_on", models.DateField(verbose_name="终止日期")),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("signed", "待报送"),
                                    ("filed", "审查中"),
                                    ("objected", "有异议"),
                                    ("valid", "有效"),
                                    ("ended", "已终止"),
                                ],
                                default="signed",
                                max_length=10,
                                verbose_name="状态",
                            ),
                        ),
                        ("signed_on", models.DateField(verbose_name="签订日期")),
                        ("file_due", models.DateField(verbose_name="报送期限")),
                        ("filed_on", models.DateField(null=True, verbose_name="人社部门收到日期")),
                        ("valid_on", models.DateField(null=True, verbose_name="生效日期")),
                        (
                            "objection",
                            models.CharField(blank=True, default="", max_length=500, verbose_name="审查异议"),
                        ),
                        ("publish_due", models.DateField(null=True, verbose_name="公布期限")),
                        ("published_on", models.DateField(null=True, verbose_name="公布日期")),
                        ("ended_on", models.DateField(null=True, verbose_name="终止")),
                        (
                            "end_reason",
                            models.CharField(blank=True, default="", max_length=300, verbose_name="终止原因"),
                        ),
                        ("summary", models.CharField(blank=True, default="", max_length=2000, verbose_name="主要内容")),
                        (
                            "document",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="kernel.storedfile",
                                verbose_name="合同文本",
                            ),
                        ),
                        (
                            "organisation",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="kernel.organisation",
                                verbose_name="工会",
                            ),
                        ),
                        (
                            "replaces",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="renewals",
                                to="democracy.contract",
                                verbose_name="续签自",
                            ),
                        ),
                    ],
                    options={
                        "db_table": "democracy_contract",
                    },
                ),
                migrations.CreateModel(
                    name="Bargain",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("path", gonghui.kernel.scope.PathField(db_collation="C")),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("general", "综合集体合同"),
                                    ("wage", "工资专项集体合同"),
                                    ("women", "女职工权益保护专项集体合同"),
                                    ("safety", "劳动安全卫生专项集体合同"),
                                    ("skill", "能级工资集体协议"),
                                ],
                                max_length=10,
                                verbose_name="类别",
                            ),
                        ),
                        (
                            "scope",
                            models.CharField(
                                choices=[("enterprise", "企业"), ("regional", "区域性"), ("industry", "行业性")],
                                default="enterprise",
                                max_length=10,
                                verbose_name="范围",
                            ),
                        ),
                        ("title", models.CharField(max_length=120, verbose_name="名称")),
                        (
                            "inviter",
                            models.CharField(
                                choices=[("workers", "职工方"), ("firm", "企业方")], max_length=8, verbose_name="要约方"
                            ),
                        ),
                        ("matter", models.CharField(max_length=1000, verbose_name="协商内容")),
                        ("firms", models.PositiveIntegerField(default=1, verbose_name="涉及企业")),
                        ("workers", models.PositiveIntegerField(verbose_name="涉及职工")),
                        ("invited_on", models.DateField(verbose_name="要约日期")),
                        ("reply_due", models.DateField(verbose_name="答复期限")),
                        ("replied_on", models.DateField(null=True, verbose_name="答复日期")),
                        ("reply", models.CharField(blank=True, default="", max_length=500, verbose_name="答复")),
                        ("name_due", models.DateField(null=True, verbose_name="确定代表期限")),
                        ("break_until", models.DateField(null=True, verbose_name="中止至")),
                        (
                            "break_reason",
                            models.CharField(blank=True, default="", max_length=300, verbose_name="中止原因"),
                        ),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("invited", "等待答复"),
                                    ("refused", "对方拒绝"),
                                    ("naming", "确定代表"),
                                    ("talking", "协商中"),
                                    ("broken", "协商中止"),
                                    ("drafted", "草案待审议"),
                                    ("passed", "草案已通过"),
                                    ("concluded", "已签订"),
                                    ("failed", "已终止"),
                                ],
                                default="invited",
                                max_length=10,
                                verbose_name="状态",
                            ),
                        ),
                        ("draft_on", models.DateField(null=True, verbose_name="形成草案")),
                        ("passed_on", models.DateField(null=True, verbose_name="职代会通过")),
                        ("votes", models.JSONField(default=dict, verbose_name="表决结果")),
                        (
                            "ended_reason",
                            models.CharField(blank=True, default="", max_length=300, verbose_name="终止原因"),
                        ),
                        (
                            "ballot",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="democracy.ballot",
                                verbose_name="职代会表决",
                            ),
                        ),
                        (
                            "draft",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="kernel.storedfile",
                                verbose_name="合同草案",
                            ),
                        ),
                        (
                            "organisation",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="kernel.organisation",
                                verbose_name="工会",
                            ),
                        ),
                        (
                            "vote_proof",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="kernel.storedfile",
                                verbose_name="表决证明",
                            ),
                        ),
                        (
                            "contract",
                            models.OneToOneField(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="bargain",
                                to="democracy.contract",
                            ),
                        ),
                        (
                            "old",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="democracy.contract",
                                verbose_name="续签自",
                            ),
                        ),
                    ],
                    options={
                        "db_table": "democracy_bargain",
                    },
                ),
                migrations.CreateModel(
                    name="ElectoralUnit",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("path", gonghui.kernel.scope.PathField(db_collation="C")),
                        ("title", models.CharField(max_length=80, verbose_name="选举单位")),
                        ("workers", models.PositiveIntegerField(verbose_name="职工人数")),
                        ("seats", models.PositiveSmallIntegerField(verbose_name="代表名额")),
                        (
                            "congress",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="units",
                                to="democracy.congress",
                            ),
                        ),
                    ],
                    options={
                        "db_table": "democracy_unit",
                    },
                ),
                migrations.CreateModel(
                    name="Election",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("path", gonghui.kernel.scope.PathField(db_collation="C")),
                        ("on", models.DateField(verbose_name="选举日期")),
                        ("cast", models.PositiveIntegerField(verbose_name="参加选举人数")),
                        (
                            "proof",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="kernel.storedfile",
                                verbose_name="选举结果",
                            ),
                        ),
                        (
                            "unit",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="elections",
                                to="democracy.electoralunit",
                            ),
                        ),
                    ],
                    options={
                        "db_table": "democracy_election",
                    },
                ),
                migrations.CreateModel(
                    name="Delegate",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("path", gonghui.kernel.scope.PathField(db_collation="C")),
                        ("person_name", models.CharField(max_length=60, verbose_name="姓名")),
                        ("woman", models.BooleanField(verbose_name="女代表")),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("worker", "一线职工"),
                                    ("technician", "专业技术人员"),
                                    ("staff", "一般管理人员"),
                                    ("manager", "中层以上管理人员"),
                                ],
                                max_length=12,
                                verbose_name="身份",
                            ),
                        ),
                        ("votes", models.PositiveIntegerField(verbose_name="得票")),
                        ("elected_on", models.DateField(verbose_name="当选日期")),
                        ("ended_on", models.DateField(null=True, verbose_name="资格终止")),
                        (
                            "end_reason",
                            models.CharField(blank=True, default="", max_length=200, verbose_name="终止原因"),
                        ),
                        (
                            "congress",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="delegates",
                                to="democracy.congress",
                            ),
                        ),
                        (
                            "person",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="kernel.person"
                            ),
                        ),
                        (
                            "election",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="delegates",
                                to="democracy.election",
                                verbose_name="选举",
                            ),
                        ),
                        (
                            "unit",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="delegates",
                                to="democracy.electoralunit",
                            ),
                        ),
                    ],
                    options={
                        "db_table": "democracy_delegate",
                    },
                ),
                migrations.CreateModel(
                    name="Issued",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("path", gonghui.kernel.scope.PathField(db_collation="C")),
                        (
                            "way",
                            models.CharField(
                                choices=[("electronic", "手机投票"), ("paper", "纸质票")],
                                max_length=10,
                                verbose_name="方式",
                            ),
                        ),
                        ("asked", models.CharField(blank=True, default="", max_length=64, verbose_name="盲化值摘要")),
                        (
                            "ballot",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="issues",
                                to="democracy.ballot",
                            ),
                        ),
                        (
                            "delegate",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="democracy.delegate"
                            ),
                        ),
                    ],
                    options={
                        "db_table": "democracy_issued",
                    },
                ),
                migrations.AddField(
                    model_name="ballot",
                    name="item",
                    field=models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="ballots", to="democracy.item"
                    ),
                ),
                migrations.CreateModel(
                    name="Meeting",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("path", gonghui.kernel.scope.PathField(db_collation="C")),
                        ("number", models.PositiveSmallIntegerField(verbose_name="第几次")),
                        ("on", models.DateField(verbose_name="日期")),
                        ("minutes", models.CharField(max_length=4000, verbose_name="会议纪要")),
                        ("agreed", models.BooleanField(default=False, verbose_name="达成一致")),
                        (
                            "bargain",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="meetings",
                                to="democracy.bargain",
                            ),
                        ),
                        (
                            "file",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="kernel.storedfile",
                                verbose_name="纪要文件",
                            ),
                        ),
                    ],
                    options={
                        "db_table": "democracy_meeting",
                    },
                ),
                migrations.CreateModel(
                    name="Motion",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("path", gonghui.kernel.scope.PathField(db_collation="C")),
                        (
                            "kind",
                            models.CharField(
                                choices=[("proposal", "职代会提案"), ("question", "厂务公开询问")],
                                max_length=10,
                                verbose_name="类别",
                            ),
                        ),
                        (
                            "topic",
                            models.CharField(
                                choices=[
                                    ("production", "生产经营"),
                                    ("wages", "工资福利"),
                                    ("safety", "安全健康"),
                                    ("skills", "技能培训"),
                                    ("living", "后勤生活"),
                                    ("management", "企业管理"),
                                    ("other", "其他"),
                                ],
                                max_length=12,
                                verbose_name="内容分类",
                            ),
                        ),
                        ("number", models.PositiveIntegerField(verbose_name="编号")),
                        ("title", models.CharField(max_length=80, verbose_name="案由")),
                        ("reason", models.CharField(max_length=1000, verbose_name="情况和理由")),
                        ("advice", models.CharField(blank=True, default="", max_length=1000, verbose_name="建议")),
                        ("person_name", models.CharField(max_length=60, verbose_name="提出人")),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("seconding", "征集附议"),
                                    ("examining", "待审查"),
                                    ("explained", "不予立案"),
                                    ("handling", "办理中"),
                                    ("answered", "待评价"),
                                    ("closed", "已办结"),
                                ],
                                max_length=10,
                                verbose_name="状态",
                            ),
                        ),
                        ("written_on", models.DateField(verbose_name="提出日期")),
                        (
                            "department",
                            models.CharField(blank=True, default="", max_length=80, verbose_name="承办部门"),
                        ),
                        ("due_on", models.DateField(null=True, verbose_name="办理期限")),
                        ("answered_on", models.DateField(null=True, verbose_name="答复日期")),
                        ("answers", models.PositiveSmallIntegerField(default=0, verbose_name="答复次数")),
                        ("content", models.BooleanField(null=True, verbose_name="提出人满意")),
                        ("closed_on", models.DateField(null=True, verbose_name="办结日期")),
                        (
                            "congress",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="motions",
                                to="democracy.congress",
                            ),
                        ),
                        (
                            "delegate",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="democracy.delegate"
                            ),
                        ),
                        (
                            "organisation",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="kernel.organisation",
                                verbose_name="工会",
                            ),
                        ),
                    ],
                    options={
                        "db_table": "democracy_motion",
                    },
                ),
                migrations.CreateModel(
                    name="MotionStep",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("path", gonghui.kernel.scope.PathField(db_collation="C")),
                        (
                            "act",
                            models.CharField(
                                choices=[
                                    ("written", "提出"),
                                    ("seconded", "附议"),
                                    ("filed", "立案交办"),
                                    ("explained", "不予立案"),
                                    ("answered", "答复"),
                                    ("extended", "延期"),
                                    ("content", "满意"),
                                    ("again", "不满意，再次办理"),
                                    ("closed", "办结"),
                                ],
                                max_length=10,
                                verbose_name="办理",
                            ),
                        ),
                        ("text", models.CharField(blank=True, default="", max_length=2000, verbose_name="内容")),
                        ("by", models.CharField(blank=True, default="", max_length=80, verbose_name="经办")),
                        ("on", models.DateField(verbose_name="日期")),
                        ("due_on", models.DateField(null=True, verbose_name="期限")),
                        (
                            "motion",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE, related_name="steps", to="democracy.motion"
                            ),
                        ),
                    ],
                    options={
                        "db_table": "democracy_motion_step",
                    },
                ),
                migrations.CreateModel(
                    name="Paper",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("path", gonghui.kernel.scope.PathField(db_collation="C")),
                        ("title", models.CharField(max_length=120, verbose_name="文件")),
                        ("delivered_on", models.DateField(null=True, verbose_name="送达日期")),
                        (
                            "file",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="kernel.storedfile"
                            ),
                        ),
                        (
                            "item",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE, related_name="papers", to="democracy.item"
                            ),
                        ),
                    ],
                    options={
                        "db_table": "democracy_paper",
                    },
                ),
                migrations.CreateModel(
                    name="Receipt",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("path", gonghui.kernel.scope.PathField(db_collation="C")),
                        ("delivered_on", models.DateField(verbose_name="送达日期")),
                        ("opened_on", models.DateField(null=True, verbose_name="打开日期")),
                        ("by_hand", models.BooleanField(default=False, verbose_name="纸质送达")),
                        (
                            "delegate",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="democracy.delegate"
                            ),
                        ),
                        (
                            "paper",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="receipts",
                                to="democracy.paper",
                            ),
                        ),
                    ],
                    options={
                        "db_table": "democracy_receipt",
                    },
                ),
                migrations.CreateModel(
                    name="Representative",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("path", gonghui.kernel.scope.PathField(db_collation="C")),
                        (
                            "side",
                            models.CharField(
                                choices=[("workers", "职工方"), ("firm", "企业方")], max_length=8, verbose_name="哪一方"
                            ),
                        ),
                        ("person_name", models.CharField(max_length=60, verbose_name="姓名")),
                        ("office", models.CharField(blank=True, default="", max_length=80, verbose_name="职务")),
                        ("chief", models.BooleanField(default=False, verbose_name="首席代表")),
                        ("outside", models.BooleanField(default=False, verbose_name="外聘专业人员")),
                        (
                            "bargain",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="representatives",
                                to="democracy.bargain",
                            ),
                        ),
                    ],
                    options={
                        "db_table": "democracy_representative",
                    },
                ),
                migrations.CreateModel(
                    name="Second",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("path", gonghui.kernel.scope.PathField(db_collation="C")),
                        ("person_name", models.CharField(max_length=60, verbose_name="附议人")),
                        (
                            "delegate",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="democracy.delegate"
                            ),
                        ),
                        (
                            "motion",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="seconds",
                                to="democracy.motion",
                            ),
                        ),
                    ],
                    options={
                        "db_table": "democracy_second",
                    },
                ),
                migrations.CreateModel(
                    name="Session",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("path", gonghui.kernel.scope.PathField(db_collation="C")),
                        ("number", models.PositiveSmallIntegerField(verbose_name="第几次会议")),
                        (
                            "kind",
                            models.CharField(
                                choices=[("ordinary", "例行会议"), ("emergency", "临时会议")],
                                default="ordinary",
                                max_length=10,
                                verbose_name="类别",
                            ),
                        ),
                        ("on", models.DateField(verbose_name="会议日期")),
                        ("clock", models.CharField(default="09:00", max_length=5, verbose_name="时间")),
                        ("place", models.CharField(max_length=80, verbose_name="地点")),
                        (
                            "caller",
                            models.CharField(
                                blank=True,
                                choices=[("delegates", "职工代表"), ("union", "工会"), ("firm", "企业")],
                                default="",
                                max_length=10,
                                verbose_name="提议召开",
                            ),
                        ),
                        ("proposers", models.PositiveSmallIntegerField(default=0, verbose_name="提议代表人数")),
                        (
                            "reason",
                            models.CharField(blank=True, default="", max_length=300, verbose_name="召开临时会议的原因"),
                        ),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("planned", "筹备"),
                                    ("notified", "已通知"),
                                    ("open", "会议中"),
                                    ("closed", "已闭会"),
                                    ("cancelled", "已取消"),
                                ],
                                default="planned",
                                max_length=10,
                                verbose_name="状态",
                            ),
                        ),
                        ("code", models.CharField(blank=True, default="", max_length=6, verbose_name="签到码")),
                        ("delegates", models.PositiveSmallIntegerField(null=True, verbose_name="应到代表")),
                        ("notified_on", models.DateField(null=True, verbose_name="通知日期")),
                        ("opened_at", models.DateTimeField(null=True, verbose_name="开会时间")),
                        ("closed_at", models.DateTimeField(null=True, verbose_name="闭会时间")),
                        ("summary", models.CharField(blank=True, default="", max_length=1000, verbose_name="会议决定")),
                        (
                            "congress",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="sessions",
                                to="democracy.congress",
                            ),
                        ),
                        (
                            "minutes",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="kernel.storedfile",
                                verbose_name="会议记录",
                            ),
                        ),
                        (
                            "organisation",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="kernel.organisation",
                                verbose_name="工会",
                            ),
                        ),
                    ],
                    options={
                        "db_table": "democracy_session",
                    },
                ),
                migrations.AddField(
                    model_name="item",
                    name="session",
                    field=models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="items", to="democracy.session"
                    ),
                ),
                migrations.CreateModel(
                    name="Attendance",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("path", gonghui.kernel.scope.PathField(db_collation="C")),
                        (
                            "way",
                            models.CharField(
                                choices=[("code", "本人签到"), ("desk", "会务登记")],
                                max_length=6,
                                verbose_name="签到方式",
                            ),
                        ),
                        (
                            "at",
                            models.DateTimeField(
                                db_default=django.db.models.functions.datetime.Now(), verbose_name="签到时间"
                            ),
                        ),
                        (
                            "delegate",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="democracy.delegate"
                            ),
                        ),
                        (
                            "session",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="attendances",
                                to="democracy.session",
                            ),
                        ),
                    ],
                    options={
                        "db_table": "democracy_attendance",
                    },
                ),
                migrations.CreateModel(
                    name="Vote",
                    fields=[
                        ("path", gonghui.kernel.scope.PathField(db_collation="C")),
                        ("id", models.UUIDField(default=uuid.uuid4, primary_key=True, serialize=False)),
                        ("token", models.CharField(db_collation="C", max_length=64, verbose_name="凭证")),
                        ("signature", models.TextField(db_collation="C", verbose_name="签名")),
                        (
                            "choice",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(max_length=12), size=None, verbose_name="选择"
                            ),
                        ),
                        (
                            "ballot",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE, related_name="votes", to="democracy.ballot"
                            ),
                        ),
                    ],
                    options={
                        "db_table": "democracy_vote",
                    },
                ),
                migrations.AddIndex(
                    model_name="congress",
                    index=models.Index(fields=["path", "state"], name="democracy_congress_path"),
                ),
                migrations.AddConstraint(
                    model_name="congress",
                    constraint=models.UniqueConstraint(
                        fields=("organisation", "number"), name="democracy_congress_once"
                    ),
                ),
                migrations.AddConstraint(
                    model_name="congress",
                    constraint=models.UniqueConstraint(
                        condition=models.Q(("state", "sitting")),
                        fields=("organisation",),
                        name="democracy_congress_sitting",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="congress",
                    constraint=models.UniqueConstraint(
                        condition=models.Q(("state", "preparing")),
                        fields=("organisation",),
                        name="democracy_congress_coming",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="congress",
                    constraint=models.CheckConstraint(
                        condition=models.Q(("ends_on__gt", models.F("starts_on"))), name="democracy_term_order"
                    ),
                ),
                migrations.AddConstraint(
                    model_name="congress",
                    constraint=models.CheckConstraint(
                        condition=models.Q(("women__lte", models.F("workers"))), name="democracy_women"
                    ),
                ),
                migrations.AddIndex(
                    model_name="contract",
                    index=models.Index(fields=["path", "state", "ends_on"], name="democracy_contract_path"),
                ),
                migrations.AddConstraint(
                    model_name="contract",
                    constraint=models.CheckConstraint(
                        condition=models.Q(("ends_on__gt", models.F("starts_on"))), name="democracy_contract_order"
                    ),
                ),
                migrations.AddConstraint(
                    model_name="contract",
                    constraint=models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "valid"), _negated=True), ("valid_on__isnull", False), _connector="OR"
                        ),
                        name="democracy_contract_valid",
                    ),
                ),
                migrations.AddIndex(
                    model_name="bargain",
                    index=models.Index(fields=["path", "state"], name="democracy_bargain_path"),
                ),
                migrations.AddConstraint(
                    model_name="bargain",
                    constraint=models.UniqueConstraint(
                        condition=models.Q(("state", "failed"), _negated=True),
                        fields=("ballot",),
                        name="democracy_ballot_one_bargain",
                    ),
                ),
                migrations.AddIndex(
                    model_name="electoralunit",
                    index=models.Index(fields=["path"], name="democracy_unit_path"),
                ),
                migrations.AddConstraint(
                    model_name="electoralunit",
                    constraint=models.UniqueConstraint(fields=("congress", "title"), name="democracy_unit_once"),
                ),
                migrations.AddIndex(
                    model_name="election",
                    index=models.Index(fields=["path"], name="democracy_election_path"),
                ),
                migrations.AddIndex(
                    model_name="delegate",
                    index=models.Index(fields=["path"], name="democracy_delegate_path"),
                ),
                migrations.AddIndex(
                    model_name="delegate",
                    index=models.Index(fields=["person"], name="democracy_delegate_person"),
                ),
                migrations.AddConstraint(
                    model_name="delegate",
                    constraint=models.UniqueConstraint(
                        condition=models.Q(("ended_on__isnull", True)),
                        fields=("congress", "person"),
                        name="democracy_delegate_once",
                    ),
                ),
                migrations.AddIndex(
                    model_name="issued",
                    index=models.Index(fields=["path"], name="democracy_issued_path"),
                ),
                migrations.AddConstraint(
                    model_name="issued",
                    constraint=models.UniqueConstraint(fields=("ballot", "delegate"), name="democracy_issued_once"),
                ),
                migrations.AddIndex(
                    model_name="ballot",
                    index=models.Index(fields=["path"], name="democracy_ballot_path"),
                ),
                migrations.AddConstraint(
                    model_name="ballot",
                    constraint=models.UniqueConstraint(
                        condition=models.Q(("state", "open")), fields=("item",), name="democracy_ballot_one_open"
                    ),
                ),
                migrations.AddConstraint(
                    model_name="ballot",
                    constraint=models.CheckConstraint(
                        condition=models.Q(("state", "open"), ("key_sealed__isnull", True), _connector="OR"),
                        name="democracy_ballot_key_gone",
                    ),
                ),
                migrations.AddIndex(
                    model_name="meeting",
                    index=models.Index(fields=["path"], name="democracy_meeting_path"),
                ),
                migrations.AddConstraint(
                    model_name="meeting",
                    constraint=models.UniqueConstraint(fields=("bargain", "number"), name="democracy_meeting_once"),
                ),
                migrations.AddIndex(
                    model_name="motion",
                    index=models.Index(fields=["path", "state"], name="democracy_motion_path"),
                ),
                migrations.AddConstraint(
                    model_name="motion",
                    constraint=models.UniqueConstraint(fields=("congress", "number"), name="democracy_motion_once"),
                ),
                migrations.AddConstraint(
                    model_name="motion",
                    constraint=models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "closed"), _negated=True), ("answers__gt", 0), _connector="OR"
                        ),
                        name="democracy_closed_with_answer",
                    ),
                ),
                migrations.AddIndex(
                    model_name="motionstep",
                    index=models.Index(fields=["path"], name="democracy_step_path"),
                ),
                migrations.AddIndex(
                    model_name="paper",
                    index=models.Index(fields=["path"], name="democracy_paper_path"),
                ),
                migrations.AddIndex(
                    model_name="receipt",
                    index=models.Index(fields=["path"], name="democracy_receipt_path"),
                ),
                migrations.AddConstraint(
                    model_name="receipt",
                    constraint=models.UniqueConstraint(fields=("paper", "delegate"), name="democracy_receipt_once"),
                ),
                migrations.AddIndex(
                    model_name="representative",
                    index=models.Index(fields=["path"], name="democracy_rep_path"),
                ),
                migrations.AddConstraint(
                    model_name="representative",
                    constraint=models.UniqueConstraint(
                        condition=models.Q(("chief", True)), fields=("bargain", "side"), name="democracy_one_chief"
                    ),
                ),
                migrations.AddIndex(
                    model_name="second",
                    index=models.Index(fields=["path"], name="democracy_second_path"),
                ),
                migrations.AddConstraint(
                    model_name="second",
                    constraint=models.UniqueConstraint(fields=("motion", "delegate"), name="democracy_second_once"),
                ),
                migrations.AddIndex(
                    model_name="session",
                    index=models.Index(fields=["path", "-on"], name="democracy_session_path"),
                ),
                migrations.AddConstraint(
                    model_name="session",
                    constraint=models.UniqueConstraint(fields=("congress", "number"), name="democracy_session_once"),
                ),
                migrations.AddIndex(
                    model_name="item",
                    index=models.Index(fields=["path"], name="democracy_item_path"),
                ),
                migrations.AddConstraint(
                    model_name="item",
                    constraint=models.UniqueConstraint(fields=("session", "number"), name="democracy_item_once"),
                ),
                migrations.AddIndex(
                    model_name="attendance",
                    index=models.Index(fields=["path"], name="democracy_attendance_path"),
                ),
                migrations.AddConstraint(
                    model_name="attendance",
                    constraint=models.UniqueConstraint(
                        fields=("session", "delegate"), name="democracy_attendance_once"
                    ),
                ),
                migrations.AddIndex(
                    model_name="vote",
                    index=models.Index(fields=["path"], name="democracy_vote_path"),
                ),
                migrations.AddConstraint(
                    model_name="vote",
                    constraint=models.UniqueConstraint(fields=("ballot", "token"), name="democracy_vote_once"),
                ),
            ]
        )
    ]
