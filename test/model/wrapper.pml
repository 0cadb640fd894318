/* The wrapper and sbatch on the login node: rule 3. */
#ifdef NO_LOCK_INHERITED
#define LOCKFREE (sbs==0 || !shell)
#else
#define LOCKFREE (sbs==0)       /* LOCK_INHERITED: sbatch keeps the descriptor open, the lock lasts as long as it does */
#endif
inline putBegins(t) {           /* the lock is held from here to the end of sbatch */
  putq[t]--;
  if
  :: idM[t] || rcM[t]                                     /* known ID, answered */
#ifndef NO_PUT_DEADLINE
  :: !(idM[t] || rcM[t]) && old[t]                        /* PUT_DEADLINE: came after it, so not sent */
#endif
#ifndef NO_VOID_STOPS_PUT
  :: !(idM[t] || rcM[t]) && !old[t] && voidM[t]           /* VOID_STOPS_PUT: voided */
#endif
#ifndef NO_TRY_ONCE
  :: !(idM[t] || rcM[t]) && !old[t] && tryM[t]            /* TRY_ONCE: look */
#endif
  :: else -> tryM[t]=1;
     if
     :: sbs=1; sbt=t; shell=1
     :: faults>0 -> faults--                              /* sbatch killed before it did anything */
     fi
  fi }
#define PUT(t) \
  :: atomic { putq[t]>0 && faults>0 -> faults--; putq[t]-- }           /* command lost before its start */ \
  :: atomic { putq[t]>0 && LOCKFREE -> putBegins(t) }
proctype Wrapper() {
  do
  PUT(0)
  PUT(1)
  :: atomic { sbs==1 -> assert(!sent[sbt] && !shut[sbt]); /* S6: a token is sent once, and not after its end was stored */
       sent[sbt]=1; bl[sbt]++; sbs=2 }
  :: atomic { (sbs==1 || sbs==2) && faults>0 -> faults--; sbs=0; sbt=0; shell=0 } /* sbatch killed, or timed out: its request stays in the backlog */
  :: atomic { sbs>0 && shell && faults>0 -> faults--; shell=0 }                   /* shell killed, sbatch goes on */
  :: atomic { sbs==3 -> if :: shell -> idM[sbt]=sbid :: else fi; sbs=0; sbt=0; shell=0; sbid=0 }
  :: atomic { sbs==4 -> if :: shell -> rcM[sbt]=1 :: else fi; sbs=0; sbt=0; shell=0 }
  od }
