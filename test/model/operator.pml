/* The operator: src/core/submission, in the order of a life. */
#ifdef NO_CURRENT_VERSION
#define CURRENT (obj.uid!=0)
#else
#define CURRENT (fresh[me])     /* CURRENT_VERSION: else 409, observe again. A lost answer is the same: observe again */
#endif
#define UNWANTED (v.del || v.can)
#define OPEN (v.natt>0 && !v.over)
#define LIVETASK(j,k) (st[ROW(j,k)]==PD || st[ROW(j,k)]==RUN)
#define LIVE(j) (LIVETASK(j,0) || LIVETASK(j,NT-1))
#define RUNS(j) (st[ROW(j,0)]==RUN || st[ROW(j,NT-1)]==RUN)
#define OURS(j) ((j)>0 && jtok[j]==t)
#define MINE(j) ((j)>0 && (jtok[j]==t || NOCHECK && jtok[j]!=NOTOK))
#ifdef NO_ROW_NEEDS_TOKEN
#define NOCHECK 1
#else
#define NOCHECK 0               /* ROW_NEEDS_TOKEN: an id is no proof */
#endif
#if NJ > 2
#define BYTOKEN ((OURS(1) && LIVE(1)) || (OURS(2) && LIVE(2)) || (OURS(3) && LIVE(3)))
#else
#define BYTOKEN ((OURS(1) && LIVE(1)) || (OURS(2) && LIVE(2)))
#endif
#define LEFTOUT(k) (t==1 && leave[k])
#define NOTENDED(k) (!LEFTOUT(k) && o[k]==0)
#define TURNEDAWAY(k) (LEFTOUT(k) || o[k]==FENCED)
#define HASWORD(k) (!LEFTOUT(k) && o[k]!=0 && o[k]!=FENCED)
#define IS(k,how) (!LEFTOUT(k) && o[k]==how || LEFTOUT(k) && v.end[k]==how)
#define ANY(how) (IS(0,how) || IS(NT-1,how))

/* Row check and scancel are one command. An array's task that waits leaves no trace. */
inline scancelTask(i, k) {
  if
  :: LIVETASK(i,k) && (jtok[i]==t || NOCHECK && i==v.jid) ->
     assert(jtok[i]==t);                                  /* S5: no job of a stranger is cancelled */
     killProc(ROW(i,k),jtok[i],k);
     if
     :: ARRAY && st[ROW(i,k)]==PD -> st[ROW(i,k)]=PURGED; saved[ROW(i,k)]=PURGED
     :: st[ROW(i,k)]=FIN; if :: ACCT && acj[t]==i -> acc[T(t,k)]=CANC :: else fi
     fi;
     code[ROW(i,k)]=CANC; if :: !UNWANTED -> unasked[T(t,k)]=1 :: else fi
  :: else
  fi }
inline scancel() {
  scancelTask(1,0); scancelTask(2,0);
#if NJ > 2
  scancelTask(3,0);
#endif
#if ARRAY
  scancelTask(1,1); scancelTask(2,1)
#endif
}
/* S4: what is told of a task is true. */
inline isTrue(k) {
  if
  :: LEFTOUT(k) -> assert(v.end[k]!=OK || lastrun[T(0,k)]==OK || (crashed && wasOk[T(0,k)]))
  :: else -> assert(al[T(t,k)]==0);
     assert(o[k]!=OK || lastrun[T(t,k)]==OK || (crashed && wasOk[T(t,k)]));
     assert(o[k]==OK || lastrun[T(t,k)]!=OK);
     assert(o[k]!=FAIL || lastrun[T(t,k)]!=0 || outM[T(t,k)]);
     assert(o[k]!=CANC || UNWANTED || asked[T(t,k)] || !unasked[T(t,k)] || lastrun[T(t,k)]==0)  /* it ran, and nobody asked for that but we ourselves */
  fi }
inline publish(f) {
  assert(v.natt==0 || v.over || (al[T(t,0)]==0 && al[T(t,NT-1)]==0));
  assert(f!=REJECTED || first[t]==0);
  changed(); shutAll(); obj.final=f }
/* What the look, the marks and accounting say together of one task; a mark of OK goes before Slurm's word. */
#ifdef NO_MARKS_AFTER_LOOK
#define MARK(k) early[k]
#else
#define MARK(k) exitM[T(t,k)]
#endif
inline judge(k) {
  if :: o[k]==0 && ACCT && j>0 && acj[t]==j -> o[k]=acc[T(t,k)] :: else fi;
#ifndef NO_SWEEP_STORED
  if :: v.swept && !UNWANTED && o[k]==CANC -> o[k]=0 :: else fi;           /* SWEEP_STORED: the word is ours, not its end */
#endif
  if
  :: MARK(k)==0
  :: MARK(k)==FENCED || MARK(k)==OK -> o[k]=MARK(k)
  :: MARK(k)==FAIL ->
     if :: o[k]==0 || o[k]==OK || o[k]==FENCED -> o[k]=FAIL
        :: o[k]==CANC && !crashed -> o[k]=FAIL            /* cancelled behind a requeue: the restarts tell */
        :: else fi
  :: else
  fi }
#define NOMARK(k) (!LEFTOUT(k) && exitM[T(t,k)]==0)
#if ARRAY
#define TELL(k) (st[ROW(j,k)]==FIN && code[ROW(j,k)]!=FENCED && v.rem[k]!=code[ROW(j,k)] && !LEFTOUT(k))
#define TELLS(k) if :: TELL(k) -> obj.rem[k]=code[ROW(j,k)] :: else fi   /* an end goes into status.array */
#else
#define TELLS(k) skip
#endif
#define SEE(k) if :: OURS(j) && st[ROW(j,k)]==FIN -> o[k]=code[ROW(j,k)] :: else -> o[k]=0 fi
#define FILL(k) if :: NOTENDED(k) -> \
     if :: v.rem[k]>0 -> o[k]=v.rem[k] :: v.rem[k]==0 && UNWANTED -> o[k]=CANC :: else -> o[k]=LOST fi \
  :: !LEFTOUT(k) && o[k]==FENCED -> o[k]=CANC :: else fi
#define KEEP(k) if :: LEFTOUT(k) :: else -> obj.end[k]=o[k] fi
#define CHOOSE(k) leave[k]=(v.rty && v.end[k]!=FAIL && v.end[k]!=NODE)

proctype Operator(bit me) {
  Obj v; byte j, f, t, w, o[NT]; bit waited;
#ifdef NO_MARKS_AFTER_LOOK
  byte early[NT];
#endif
observe:
  atomic { j=0; f=0; t=0; w=0; waited=0; o[0]=0; o[NT-1]=0;
    if
    :: copy(v, obj); fresh[me]=1
    :: faults>0 && prev.uid -> faults--; copy(v, prev); fresh[me]=0
    fi;
    if :: v.natt>0 -> t=TOK(v) :: else fi }
  if
  :: v.uid==0 || (v.final && !v.fin) -> goto idle
  :: v.uid && v.final && v.fin -> goto release
  :: v.uid && !v.final && !OPEN -> goto before
#ifdef NO_FINALIZER_FIRST
  :: v.uid && !v.final && OPEN && !v.fin && !v.del -> atomic { if :: CURRENT -> changed(); obj.fin=1 :: else fi; goto observe }
#endif
  :: v.uid && !v.final && OPEN && UNWANTED -> goto close
  :: v.uid && !v.final && OPEN && !UNWANTED && v.jid==0 -> goto send
  :: v.uid && !v.final && OPEN && !UNWANTED && v.jid>0 -> goto watch
  fi;

idle: !fresh[me] -> goto observe;

/* ---- no open attempt: before-dispatch.ts ------------------------------------------------------------------------ */
before:
  if
  :: v.del && v.fin -> goto release
  :: v.del && !v.fin -> goto idle
  :: !v.del && v.can -> f=A_CANCELLED; goto store
#ifdef NO_FINALIZER_FIRST
  :: else
#else
  :: !UNWANTED && !v.fin -> atomic { if :: CURRENT -> changed(); obj.fin=1 :: else fi; goto observe }
  :: !UNWANTED && v.fin                                   /* FINALIZER_FIRST: the same read shows it */
#endif
  fi;
#ifdef NO_INTENT_FIRST
  atomic { v.natt++; v.over=0; v.jid=0; t=TOK(v) };
  goto send;
#endif
  atomic {                                                /* INTENT_FIRST: stored, and read back by the next observe, before anything is sent */
    if
    :: CURRENT && v.natt<MAXATT -> assert(al[0]==0 && al[NT-1]==0 || RECREATE);            /* S2 */
       changed(); obj.natt=v.natt+1; obj.over=0; obj.jid=0; obj.swept=0; obj.rem[0]=0; obj.rem[NT-1]=0
    :: else
    fi;
    goto observe };

/* ---- attempt stored: sending.ts --------------------------------------------------------------------------------- */
send:
  if
  :: atomic { puts>0 && putq[t]<2 -> puts--; putq[t]++;
#if ARRAY && !defined(NO_FAILED_TASKS_ONLY)
       if :: v.natt>1 -> CHOOSE(0); CHOOSE(1) :: else fi  /* FAILED_TASKS_ONLY: what a retry sends follows from the ends that were stored with it */
#endif
     }
  :: puts==0
  fi;
  if                                                      /* the wrapper answers from its marks, when the lock is free again */
  :: atomic { LOCKFREE && putq[t]==0 ->
       if
       :: idM[t] -> j=idM[t]; goto adopt
       :: !idM[t] && rcM[t] -> f=REJECTED; goto store
       :: !idM[t] && rcM[t] -> goto unclear               /* a limit on jobs in flight */
#ifdef NO_KNOWN_REFUSALS
       :: !idM[t] && !rcM[t] -> f=REJECTED; goto store
#else
       :: !idM[t] && !rcM[t] -> goto unclear              /* KNOWN_REFUSALS: anything else proves nothing */
#endif
       fi }
  :: atomic { FAULT; goto unclear }                       /* connection cut, the command goes on */
  :: atomic { FAULT; goto observe }                       /* own crash */
  fi;

adopt: atomic { if :: CURRENT -> changed(); obj.jid=j :: else fi; goto observe };

unclear:
#ifdef NO_VOID_FIRST
  /* Absent by time, and only then void: a search by token, the credential's life, another search. */
  atomic { LOCKFREE -> if :: !(sbs>0 && sbt==t) -> bl[t]=0 :: else fi };
  atomic { if :: idM[t] -> j=idM[t] :: !idM[t] && owner[t]!=VOID && owner[t]!=0 -> j=owner[t] :: !idM[t] && owner[t]==0 && ACCT && acj[t] -> j=acj[t] :: else fi;
    if :: j>0 -> goto adopt :: else fi };
  atomic { ck[t]==0 && !BYTOKEN -> voidM[t]=1 };
  goto giveUp;
#else
  /* VOID_FIRST: whoever creates `owner` decides whether this token ever runs. */
  atomic { LOCKFREE -> voidM[t]=1; if :: owner[t]==0 -> owner[t]=VOID :: else fi;
    if :: owner[t]==VOID -> goto giveUp :: else -> j=owner[t]; goto adopt fi };
#endif

giveUp: /* nothing of this token ran or can run */
  atomic { if :: !CURRENT -> goto observe :: else fi;
    assert(al[T(t,0)]==0 && al[T(t,NT-1)]==0 && first[t]==0);                              /* S2 */
    if
    :: v.natt<MAXATT -> shut[t]=1; changed(); obj.over=1; goto observe
    :: else -> f=A_LOST; goto store
    fi };

/* ---- job id stored: watching.ts --------------------------------------------------------------------------------- */
watch:
  atomic { j=v.jid;
    if
    :: v.swept -> goto close
#ifdef NO_ALL_TASKS_ENDED
    :: !v.swept && MINE(j) && LIVETASK(j,0)
#else
    :: !v.swept && MINE(j) && LIVE(j)                     /* ALL_TASKS_ENDED: an array that has begun lives until its last task has ended */
#endif
#ifdef NO_CONTRADICTION_IS_ABSENCE
    :: !v.swept && jtok[j]!=t && jtok[j]!=NOTOK -> o[0]=LOST; o[NT-1]=LOST; f=A_LOST; goto store
#endif
    :: else -> EACH(SEE); goto close                      /* CONTRADICTION_IS_ABSENCE: another's row counts as none */
    fi };
#if ARRAY
  if
  :: atomic { CURRENT && MINE(j) && LIVE(j) && (TELL(0) || TELL(1)) -> changed(); EACH(TELLS); goto observe }
  :: atomic { !fresh[me] || !MINE(j) || !LIVE(j) }
  fi;
#else
  atomic { !fresh[me] || !MINE(j) || !LIVE(j) };
#endif
  if :: !fresh[me] -> goto observe :: else -> goto watch fi;

/* ---- ended, missing or unwanted: ending.ts, outcome.ts ---------------------------------------------------------- */
close:
#ifdef NO_CLOSE_FIRST
  w=v.jid; j=v.jid;
  goto look;
#endif
  atomic { LOCKFREE -> voidM[t]=1; closeM[t]=1;           /* CLOSE_FIRST: only then does an end count */
    if :: owner[t]==0 -> owner[t]=VOID :: else fi; w=owner[t];
#ifdef NO_ARRAY_FENCE
    if :: w!=VOID -> w=w%10 :: else fi;
#endif
#ifdef NO_MARKS_AFTER_LOOK
    early[0]=exitM[T(t,0)]; early[NT-1]=exitM[T(t,NT-1)];
#endif
    if :: w!=VOID && w!=v.jid -> j=w; goto adopt :: else -> j=v.jid fi };          /* follow the owner */
#ifdef NO_LOOK_AFTER_CLOSE
  if :: !UNWANTED && w!=VOID && (o[0]!=0 && o[NT-1]!=0) -> goto evidence :: else fi;
#endif
look:   /* LOOK_AFTER_CLOSE: one complete answer of squeue, begun after the close */
  atomic {
    if
    :: UNWANTED && BYTOKEN -> goto cancel
#ifndef NO_ALL_TASKS_ENDED
    :: !UNWANTED && OURS(j) && RUNS(j) -> waited=0        /* let in before the close: it goes on to its end */
    :: !UNWANTED && OURS(j) && LIVE(j) && !RUNS(j) -> if :: w==VOID -> goto giveUp :: else -> goto sweep fi
#endif
    :: else -> if :: !UNWANTED && BYTOKEN -> goto cancel :: else fi; EACH(SEE); goto evidence
    fi };
  atomic { !fresh[me] || !(OURS(j) && RUNS(j)) };
  if :: !fresh[me] -> goto observe :: else -> goto look fi;
sweep:  /* what waits behind the close; that it is we who cancel it is stored first */
#ifndef NO_SWEEP_STORED
  waited=0;
  if :: !v.swept -> atomic { if :: CURRENT -> changed(); obj.swept=1; EACH(TELLS) :: else fi; goto observe } :: else fi;
#endif
cancel:
#ifdef NO_CANCEL_IN_ONE
  atomic { if :: OURS(1) && LIVE(1) -> j=1 :: else -> if :: OURS(2) && LIVE(2) -> j=2 :: else -> j=v.jid; goto look fi fi };
  atomic { if :: j>0 && LIVETASK(j,0) -> assert(jtok[j]==t); killProc(ROW(j,0),jtok[j],0); st[ROW(j,0)]=FIN; code[ROW(j,0)]=CANC :: else fi; j=v.jid };
#else
  atomic { waited=0; scancel() };                         /* CANCEL_IN_ONE */
#endif
  if :: !fresh[me] -> goto observe :: else -> goto look fi;
evidence: /* MARKS_AFTER_LOOK: marks and accounting are read after the look that is used */
  atomic { EACH(judge);
    if
#ifndef NO_THREE_LOOKS
    :: w!=VOID && !waited && (UNWANTED || EITHER(NOMARK))
#endif
    :: else -> goto verdict
    fi };
  atomic { !(ORPHANED && jtok[0]==t) -> waited=1 };       /* THREE_LOOKS: what has left no end of its last run may live on, for a while */
  goto look;
verdict:
  if
  :: w==VOID && !UNWANTED && !EITHER(HASWORD) -> goto giveUp
  :: w!=VOID && !UNWANTED && TURNEDAWAY(0) && TURNEDAWAY(NT-1) -> goto giveUp
  :: else
  fi;
  atomic { EACH(FILL);
    if
    :: UNWANTED && (ANY(CANC) || ANY(LOST)) -> f=A_CANCELLED
    :: !UNWANTED && ANY(LOST) -> f=A_LOST
    :: else ->
       if
       :: ANY(FAIL) || ANY(NODE) -> f=A_FAILED; if :: !UNWANTED && v.natt<MAXATT -> goto retry :: else fi
       :: !ANY(FAIL) && !ANY(NODE) && ANY(CANC) -> f=A_CANCELLED
       :: else -> f=DONE
       fi
    fi };
  goto store;
retry:  /* END_AND_RETRY_AT_ONCE: one write, so that no crash comes between */
  atomic { if :: !CURRENT -> goto observe :: else fi;
    EACH(isTrue); shut[t]=1; changed(); obj.over=1;
#ifdef NO_END_AND_RETRY_AT_ONCE
    fresh[me]=1 };
  if :: skip :: atomic { FAULT; goto observe } fi;
  atomic { if :: !CURRENT -> goto observe :: else fi; changed(); obj.rty=1; EACH(KEEP); goto observe };
#else
    obj.rty=1; EACH(KEEP); goto observe };
#endif

/* ---- final status first, then the finalizer goes: release.ts ---------------------------------------------------- */
store:
  if
  :: atomic { CURRENT -> if :: OPEN && f!=REJECTED -> EACH(isTrue) :: else fi; publish(f); goto observe }
  :: atomic { !CURRENT -> goto observe }
  :: atomic { FAULT; goto observe }
  fi;
release:
  atomic { if :: CURRENT -> changed(); obj.fin=0; if :: obj.del -> gone() :: else fi :: else fi; goto observe }
}
