import subprocess
import sys


def test_the_metrics_import_nothing_heavier_than_numpy():
    code = (
        "import sys, csm_xl.metrics; "
        "print(sorted({m.split('.')[0] for m in sys.modules} & "
        "{'pandas', 'scipy', 'sklearn', 'lifelines', 'xlwings', 'openpyxl'}))"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "[]"
