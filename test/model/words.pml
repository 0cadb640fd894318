/* Words and names of numbers. */
#if ARRAY
#define NT 2                    /* tasks of a job */
#define EACH(X) X(0); X(1)
#define EITHER(X) (X(0) || X(1))
#else
#define NT 1
#define EACH(X) X(0)
#define EITHER(X) (X(0))
#endif
#define NR (NJ*NT)
#define ROW(j,k) (((j)-1)*NT+(k))
#define ORPHAN(k) (NR+(k))
#define T(t,k) ((t)*NT+(k))
#define NONE 0                  /* row states of slurmctld */
#define PD 1
#define RUN 2
#define FIN 3
#define PURGED 4
#define OK 1                    /* how a run ended: exit code 0, not 0, cancelled, node failed, turned away at the fence, no trace of it */
#define FAIL 2
#define CANC 3
#define NODE 4
#define FENCED 5
#define LOST 6
#define VOID 9                  /* written into `owner` in place of a job id */
#define DONE 1                  /* published: Done, Rejected, Aborted (failed, cancelled, lost) */
#define REJECTED 2
#define A_FAILED 3
#define A_CANCELLED 4
#define A_LOST 5
#define STR 2                   /* "token" of the stranger */
#define NOTOK 7                 /* no job has this id */
#ifdef NO_UID_IN_TOKEN
#define TOK(o) 0
#else
#define TOK(o) ((o.uid-1) + (o.natt>1 -> 1 : 0))   /* UID_IN_TOKEN: UID and attempt; token 1 = second attempt or second UID */
#endif
