"""Generate golden test functions: lines 'name | width | command' → test source."""
import shlex, pathlib
SPEC = pathlib.Path('/tmp/clirev/spec.txt').read_text().strip().splitlines()
import re
def lit(s):
    s = re.sub(r"\b[0-9a-f]{32}\b", "UID", s)
    return s
def test_gen(house, screen):
    out=[]
    for line in SPEC:
        name,width,cmd=[x.strip() for x in line.split('|',2)]
        if width: screen(int(width))
        r=house(*shlex.split(cmd))
        assert not r.err or True
        q = "'''" if '"""' in r.out else '"""'
        body = lit(r.out).replace('\\','\\\\')
        end = '' if body.endswith('\n') else '\\\n'
        out.append(f'def test_{name}(...):  # {cmd} -> {r.code} err={r.err!r}\n    assert X == {q}\\\n{body}{end}{q}\n\n')
    pathlib.Path('/tmp/clirev/gen.out').write_text("\n".join(out))
