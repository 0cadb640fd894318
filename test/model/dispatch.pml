/* One submission, handed to Slurm exactly once: the protocol of docs/dispatch.md, as the code keeps it.
 *
 * -DNO_<RULE> takes the rule of that name out; docs/model.md says which property that breaks. Each step of a process is one atomic block: whatever
 * lies between two blocks can be interleaved. Time is order: a wait that the code counts in seconds or looks is a step that is enabled once that
 * which it waits for is over. Faults cost from one budget F; what users do is free.
 */
#ifndef F
#define F 2                     /* faults of all kinds together */
#endif
#ifndef NOPS
#define NOPS 2                  /* operators that both believe to lead */
#endif
#ifndef ACCT
#define ACCT 1                  /* slurmdbd */
#endif
#ifndef ARRAY
#define ARRAY 0                 /* the job is an array of two tasks; a retry sends those that failed */
#endif
#ifndef MAXATT
#define MAXATT 2                /* attempts of one object (1 when RECREATE) */
#endif
#ifndef CANCEL
#define CANCEL 1                /* the user may set spec.cancel */
#endif
#ifndef DELETE
#define DELETE 1                /* the user may delete the object */
#endif
#ifndef RECREATE
#define RECREATE 0              /* and create it again under its name (second UID) */
#endif
#ifndef STRANGER
#define STRANGER 0              /* a job of somebody else (same login) may be submitted */
#endif
#ifndef OUTSIDE
#define OUTSIDE 0               /* somebody may cancel a task of ours on the cluster, once */
#endif
#ifndef REFUSE
#define REFUSE 1                /* slurmctld may refuse: for a known reason, or because of a limit */
#endif
#ifndef FORGET
#define FORGET 0                /* the janitor may forget the marks of a finished token */
#endif
#ifndef NJ
#define NJ 3                    /* job ids 1..NJ */
#endif
#include "words.pml"

/* ---- the API object; resourceVersion: fresh[op] = nothing was written since op read ------------------------------ */
typedef Obj { byte uid; bit fin; bit del; bit can; byte natt; bit over; bit rty; byte jid; bit swept; byte final; byte end[NT]; byte rem[NT] };
Obj obj, prev;                  /* over: attempt natt has ended; rty: status.retry; end: its ends; rem: ends that status.array told */
bit fresh[2];
byte faults = F; byte puts = 3;

/* ---- marks, per token; exit and output marks are per task ------------------------------------------------------- */
bit tryM[2], rcM[2], voidM[2], closeM[2]; byte idM[2], owner[2], exitM[2*NT]; bit outM[2*NT];
bit old[2];                     /* older than the deadline that a put carries */
byte putq[2];                   /* put commands on the way or waiting for the lock */
byte sbs, sbt, sbid; bit shell; /* the one sbatch under the lock: 0 none 1 started 2 request sent 3 has id 4 refused */
bit leave[NT];                  /* tasks that the second attempt does not send */

/* ---- slurmctld, accounting, nodes: a row for each task, then the orphans (of job orj) ---------------------------- */
byte bl[2], ck[2];              /* requests: in the backlog (credential not yet looked at), credential passed but row not yet made */
byte jtok[NJ+1] = NOTOK, st[NR], saved[NR], scode[NR], code[NR+NT];
byte nd[NR+NT], orj;            /* processes: 1 launcher 2 fence taken 5 not closed 3 about to start 4 entrypoint alive */
byte acj[2], acc[2*NT];         /* sacct: job of the token, how its tasks ended */

/* ---- what the properties need (no process reads these) ----------------------------------------------------------- */
byte first[2], al[2*NT], lastrun[2*NT]; bit sent[2], shut[2], asked[2*NT], unasked[2*NT], wasOk[2*NT], crashed;

#define FAULT faults > 0 -> faults--

inline copy(a, b) {
  a.uid=b.uid; a.fin=b.fin; a.del=b.del; a.can=b.can; a.natt=b.natt; a.over=b.over; a.rty=b.rty; a.jid=b.jid; a.swept=b.swept; a.final=b.final;
  a.end[0]=b.end[0]; a.end[NT-1]=b.end[NT-1]; a.rem[0]=b.rem[0]; a.rem[NT-1]=b.rem[NT-1] }
inline clear(a) {
  a.uid=0; a.fin=0; a.del=0; a.can=0; a.natt=0; a.over=0; a.rty=0; a.jid=0; a.swept=0; a.final=0;
  a.end[0]=0; a.end[NT-1]=0; a.rem[0]=0; a.rem[NT-1]=0 }
inline changed() {              /* before each write: what a stale reader may still see, and everybody's resourceVersion is old */
  if :: faults>0 -> copy(prev, obj) :: else -> clear(prev) fi;
  fresh[0]=0; fresh[1]=0 }
inline shutAll() { if :: obj.natt>0 -> shut[TOK(obj)]=1 :: else fi; if :: obj.uid==1 -> shut[0]=1 :: else fi }
inline gone() {
  assert(al[0]==0 && al[NT-1]==0 || obj.uid==2);          /* S3 */
  assert(al[NT]==0 && al[2*NT-1]==0);
  shutAll(); clear(obj) }

#include "wrapper.pml"
#include "slurm.pml"
#include "people.pml"
#include "operator.pml"

/* ---- when nothing can move any more ----------------------------------------------------------------------------- */
proctype Quiet() {
  timeout ->
  atomic {
  assert(obj.uid==0 || obj.final);                        /* L1: nobody is stuck */
  assert(!obj.del) }                                      /* L2: nor is a deletion */
}
init { atomic { obj.uid=1;
  run Wrapper(); run Cluster(); run User();
  if :: STRANGER -> run Stranger() :: else fi; if :: FORGET -> run Janitor() :: else fi; if :: OUTSIDE -> run Outsider() :: else fi;
  run Operator(0); if :: NOPS>1 -> run Operator(1) :: else fi; run Quiet() } }
