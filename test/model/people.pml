/* The user of the object, the janitor, and other people on the cluster. */
proctype User() {
  bit can = CANCEL, del = DELETE, rec = RECREATE;
  do
  :: atomic { can && obj.uid && !obj.can && !obj.final -> can=0; changed(); obj.can=1 }
  :: atomic { del && obj.uid && !obj.del -> del=0; changed(); if :: obj.fin -> obj.del=1 :: else -> gone() fi }
  :: atomic { rec && obj.uid==0 -> rec=0; changed(); obj.uid=2 }
  od }
proctype Janitor() {            /* forget: the marks of a token whose end is stored, after the deadline of its puts */
  atomic { LOCKFREE && shut[0] -> old[0]=1; tryM[0]=0; rcM[0]=0; voidM[0]=0; closeM[0]=0; idM[0]=0; owner[0]=0;
    exitM[0]=0; exitM[NT-1]=0; outM[0]=0; outM[NT-1]=0 } }
proctype Stranger() { byte n; atomic { newRow(STR); n=0 } }

#define CANCELTASK(j,k) \
  :: atomic { st[ROW(j,k)]==PD && jtok[j]<STR -> asked[T(jtok[j],k)]=1; /* of an array, a task that waits leaves no trace */ \
       if :: ARRAY -> st[ROW(j,k)]=PURGED; saved[ROW(j,k)]=PURGED \
          :: st[ROW(j,k)]=FIN; ACCOUNT(j,k,CANC) fi; code[ROW(j,k)]=CANC } \
  :: atomic { st[ROW(j,k)]==RUN && jtok[j]<STR -> asked[T(jtok[j],k)]=1; killProc(ROW(j,k),jtok[j],k); st[ROW(j,k)]=FIN; code[ROW(j,k)]=CANC; ACCOUNT(j,k,CANC) }
proctype Outsider() {
  if
  CANCELTASK(1,0)
  CANCELTASK(1,NT-1)
  CANCELTASK(2,0)
  CANCELTASK(2,NT-1)
  fi }
