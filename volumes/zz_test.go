package volumes
import ("testing";"os";"bufio";"encoding/json";"errors")
func TestVec(t *testing.T){
 f,_:=os.Open("/work/shared/vectors/mounts.jsonl"); s:=bufio.NewScanner(f); n,ref:=0,map[Reason]int{}
 for s.Scan(){ var v struct{MountPath,Dest,Link16,LinkFallback string}; json.Unmarshal(s.Bytes(),&v)
  n++
  for _,m:=range []Mode{Symlink16,Bind,SymlinkHPC}{
  l,err:=m.Resolve(v.MountPath)
  var pe *PathError
  if errors.As(err,&pe){ if m==Bind {ref[pe.Reason]++; if pe.Reason==DriveRoot && v.Dest!=`C:\` && v.Dest!=`c:\`{t.Log(v.MountPath,v.Dest)}}; continue}
  want:=v.Link16; if m==SymlinkHPC{want=v.LinkFallback}
  if m!=Bind && l.Path(m.Root("0123456789abcdef"))!=want{t.Errorf("%q %s: %q want %q",v.MountPath,m,l.Path(m.Root("0123456789abcdef")),want)}
  if l.Destination()!=v.Dest{t.Errorf("%q %s: %q want %q",v.MountPath,m,l.Destination(),v.Dest)}
 }}
 t.Log(n,ref)
}
