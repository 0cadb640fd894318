/* slurmctld, accounting, the nodes, and the launcher inside the job (rule 4). */
#define MAKEROW(k) if :: t==1 && leave[k] :: else -> st[ROW(n,k)]=PD fi
inline newRow(t) {
  if
  :: jtok[1]==NOTOK -> n=1
  :: jtok[1]!=NOTOK && jtok[2]==NOTOK -> n=2
#if NJ > 2
  :: jtok[1]!=NOTOK && jtok[2]!=NOTOK && jtok[3]==NOTOK -> n=3
#endif
  :: else -> n=0
  fi;
  if :: n>0 -> jtok[n]=t; EACH(MAKEROW) :: else fi }
#define RPC(t) \
  :: atomic { bl[t]>0 -> bl[t]--; ck[t]++ }                                       /* credential looked at in time */ \
  :: atomic { bl[t]>0 && !(sbs==2 && sbt==t) -> bl[t]-- }                         /* too old when thawed: refused, nobody hears it */ \
  :: atomic { ck[t]>0 -> ck[t]--; newRow(t); \
       if :: n>0 && ACCT -> acj[t]=n; acc[T(t,0)]=0; acc[T(t,NT-1)]=0 :: else fi; \
       if :: sbs==2 && sbt==t && n>0 -> sbs=3; sbid=n :: else fi; n=0 } \
  :: atomic { REFUSE && ck[t]>0 -> ck[t]--; if :: sbs==2 && sbt==t -> sbs=4 :: else fi }

/* ---- the job on its node: launcher and entrypoint --------------------------------------------------------------- */
inline entryStarts(t, id, k) {
  assert(first[t]==0 || first[t]==id);                    /* S1: one job per token, */
  assert(al[T(t,k)]==0);                                  /*     and none of its tasks beside itself */
  assert(RECREATE || al[T(1-t,0)]+al[T(1-t,NT-1)]==0);      /* S2: nor beside another attempt of it */
  assert(!shut[t]);                                       /* S3: nothing starts after its end was stored */
  assert(t==0 || RECREATE || lastrun[T(0,k)]!=OK);        /* S7: a retry runs no task that has done its work */
  first[t]=id; al[T(t,k)]=1 }
#ifdef NO_CLEAR_EXIT
#define CLEAREXIT(t,k) skip
#else
#define CLEAREXIT(t,k) exitM[T(t,k)]=0  /* CLEAR_EXIT: the end of an earlier run is not the end of this one */
#endif
#ifdef NO_RAN_IS_TOLD
#define HASRUN(t,k) 0
#else
#define HASRUN(t,k) (outM[T(t,k)] && exitM[T(t,k)]==0)   /* RAN_IS_TOLD: got past the fence once and left no end; that is not "did not run" */
#endif
#ifdef NO_TURNED_AWAY_TELLS
#define CLOSEDEND(r,t,k) code[r]=OK
#else                            /* TURNED_AWAY_TELLS: a mark and a code of its own */
#define CLOSEDEND(r,t,k) if :: HASRUN(t,k) -> code[r]=FAIL :: else -> code[r]=FENCED; if :: exitM[T(t,k)]==0 -> exitM[T(t,k)]=FENCED :: else fi fi
#endif
#ifdef NO_FENCE
#define DUPLICATE(r) nd[r]=2
#else                            /* FENCE: only the owner runs */
#define DUPLICATE(r) code[r]=FENCED; nd[r]=0
#endif
#ifdef NO_CLOSED_TURNS_AWAY
#define CLOSED(t) 0
#else
#define CLOSED(t) closeM[t]      /* CLOSED_TURNS_AWAY: nothing starts after the close, a requeue included */
#endif
#ifdef NO_ARRAY_FENCE
#define OWNER(id,k) ((id)+10*(k))
#else
#define OWNER(id,k) (id)         /* ARRAY_FENCE: the owner is the array's id, so each task passes */
#endif
#define GETSPAST(r,tok,k) nd[r]=3; lastrun[T(tok,k)]=0; outM[T(tok,k)]=1; CLEAREXIT(tok,k)
#define PROC(r,tok,id,k) \
  :: atomic { nd[r]==1 -> \
       if \
       :: owner[tok]==OWNER(id,k) -> nd[r]=2 \
       :: owner[tok]==0 -> owner[tok]=OWNER(id,k); nd[r]=2 \
       :: else -> assert(owner[tok]==VOID || owner[tok]%10!=id); DUPLICATE(r) /* S8: no task is turned away because of another */ \
       fi } \
  :: atomic { nd[r]==2 -> \
       if \
       :: CLOSED(tok) -> CLOSEDEND(r,tok,k); nd[r]=0 \
       :: else -> if :: r>=NR -> GETSPAST(r,tok,k) :: else -> nd[r]=5 fi /* assumed of orphans: no operator comes between `closed` and the mark */ \
       fi } \
  :: atomic { nd[r]==5 -> GETSPAST(r,tok,k) } \
  :: atomic { nd[r]==3 -> entryStarts(tok,id,k); nd[r]=4 } \
  :: atomic { nd[r]==4 -> if :: code[r]=OK :: code[r]=FAIL fi; \
       lastrun[T(tok,k)]=code[r]; if :: code[r]==OK -> wasOk[T(tok,k)]=1 :: else fi; al[T(tok,k)]=0; nd[r]=0; exitM[T(tok,k)]=code[r] }
inline killProc(r, tok, k) { if :: nd[r]==4 -> al[T(tok,k)]=0; lastrun[T(tok,k)]=NODE :: else fi; nd[r]=0 }

/* ---- the controller --------------------------------------------------------------------------------------------- */
#define ACCOUNT(j,k,how) if :: ACCT && acj[jtok[j]]==j -> acc[T(jtok[j],k)]=how :: else fi
#define SAVED(r) (faults==0 || saved[r]==st[r])    /* with no fault left no crash can come: not kept any more */
#define TASK(j,k) \
  :: atomic { st[ROW(j,k)]==PD && jtok[j]<STR && !(nd[ORPHAN(k)]>0 && orj==j) -> st[ROW(j,k)]=RUN; nd[ROW(j,k)]=1; code[ROW(j,k)]=0; ACCOUNT(j,k,0) } \
  :: atomic { st[ROW(j,k)]==RUN && nd[ROW(j,k)]==0 && code[ROW(j,k)]!=0 -> st[ROW(j,k)]=FIN; ACCOUNT(j,k,code[ROW(j,k)]) } \
  :: atomic { st[ROW(j,k)]==RUN && nd[ROW(j,k)]>0 && faults>0 -> faults--; killProc(ROW(j,k),jtok[j],k); code[ROW(j,k)]=0; \
       if :: st[ROW(j,k)]=PD :: st[ROW(j,k)]=FIN; code[ROW(j,k)]=NODE; ACCOUNT(j,k,NODE) fi }      /* its node fails, with or without requeue */ \
  :: atomic { st[ROW(j,k)]==FIN && jtok[j]<STR && faults>0 -> faults--; st[ROW(j,k)]=PD; code[ROW(j,k)]=0 }   /* what has ended is requeued */ \
  :: atomic { st[ROW(j,k)]==FIN && SAVED(ROW(j,k)) -> st[ROW(j,k)]=PURGED; saved[ROW(j,k)]=PURGED; scode[ROW(j,k)]=0 } \
  PROC(ROW(j,k),jtok[j],j,k)
#if ARRAY
#define JOB(j) TASK(j,0) TASK(j,1)
#define ORPHANS PROC(ORPHAN(0),jtok[0],orj,0) PROC(ORPHAN(1),jtok[0],orj,1)
#else
#define JOB(j) TASK(j,0)
#define ORPHANS PROC(ORPHAN(0),jtok[0],orj,0)
#endif
#define ORPHANED (nd[ORPHAN(0)]>0 || nd[ORPHAN(NT-1)]>0)
inline revertTask(j, k) {       /* what the controller finds in its last saved state */
  if
  :: saved[ROW(j,k)]==st[ROW(j,k)] || st[ROW(j,k)]==PURGED
  :: else ->
     if :: nd[ROW(j,k)]>0 && saved[ROW(j,k)]!=RUN ->
           if :: orj!=j -> killProc(ORPHAN(0),jtok[0],0); killProc(ORPHAN(NT-1),jtok[0],NT-1) :: else fi;
           if :: nd[ROW(j,k)]==5 -> GETSPAST(ROW(j,k),jtok[j],k) :: else fi;
           nd[ORPHAN(k)]=nd[ROW(j,k)]; jtok[0]=jtok[j]; orj=j; nd[ROW(j,k)]=0
        :: else fi;
     if
     :: saved[ROW(j,k)]==NONE -> st[ROW(j,k)]=NONE; code[ROW(j,k)]=0         /* just accepted: lost, its id is free again */
     :: saved[ROW(j,k)]==PD -> st[ROW(j,k)]=PD; code[ROW(j,k)]=0
     :: saved[ROW(j,k)]==FIN -> st[ROW(j,k)]=FIN; code[ROW(j,k)]=scode[ROW(j,k)]        /* ended, and was requeued since */
     :: saved[ROW(j,k)]==RUN && nd[ROW(j,k)]==0 -> st[ROW(j,k)]=PD; code[ROW(j,k)]=0   /* ended or requeued meanwhile: missing on its node, requeued */
     :: else
     fi
  fi }
inline revert(j) {
  revertTask(j,0);
#if ARRAY
  revertTask(j,1);
#endif
  if :: st[ROW(j,0)]==NONE && st[ROW(j,NT-1)]==NONE -> jtok[j]=NOTOK :: else fi }
#define UNSAVED_TASK(j,k) (saved[ROW(j,k)]!=st[ROW(j,k)])
#define UNSAVED_JOB(j) (UNSAVED_TASK(j,0) || UNSAVED_TASK(j,NT-1))
#define SAVETASK(j,k) saved[ROW(j,k)]=st[ROW(j,k)]; scode[ROW(j,k)]=(st[ROW(j,k)]==FIN -> code[ROW(j,k)] : 0)
#define SAVE(j) SAVETASK(j,0); SAVETASK(j,NT-1)
#if NJ > 2
#define UNSAVED (UNSAVED_JOB(1) || UNSAVED_JOB(2) || UNSAVED_JOB(3))
#else
#define UNSAVED (UNSAVED_JOB(1) || UNSAVED_JOB(2))
#endif
proctype Cluster() {
  byte n;
  do
  RPC(0)
  RPC(1)
  JOB(1)
  JOB(2)
#if NJ > 2
  JOB(3)
#endif
  ORPHANS
  :: atomic { nd[ORPHAN(0)]>0 -> killProc(ORPHAN(0),jtok[0],0) }                     /* the node registers, the orphan is killed */
#if ARRAY
  :: atomic { nd[ORPHAN(1)]>0 -> killProc(ORPHAN(1),jtok[0],1) }
#endif
  :: atomic { !ORPHANED && orj>0 -> orj=0; jtok[0]=NOTOK; code[ORPHAN(0)]=0; code[ORPHAN(NT-1)]=0 }
  :: atomic { faults>0 && UNSAVED -> SAVE(1); SAVE(2);
#if NJ > 2
       SAVE(3)
#endif
     }
  :: atomic { !ORPHANED && faults>0 && (UNSAVED || bl[0]+bl[1]+ck[0]+ck[1]>0) ->
       faults--; crashed=1; revert(1); revert(2);
#if NJ > 2
       revert(3);
#endif
       bl[0]=0; bl[1]=0; ck[0]=0; ck[1]=0;
       if :: sbs==2 -> sbs=0; sbt=0; shell=0 :: else fi }                                 /* kill -9 and restart */
  od }
