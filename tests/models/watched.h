/*
 * watched.h - <stdatomic.h> with each operation a step of the explorer. Include
 * it before the runtime's file that is to run under it:
 *
 *	#include "tests/models/watched.h"
 *
 *	#include "sched/runq.c"
 *
 * Functions that the model does not reach need no stand-ins: they are thrown
 * away before anybody asks for what they call (local.mk).
 *
 * Orders count as they do on this processor: seq_cst stores and every
 * read-modify-write are locked, loads are loads, all other stores go through
 * the buffer. The step's name is that of the function that it stands in, by
 * which mutants find it.
 */
#ifndef WATCHED_H
#define WATCHED_H

#include <stdatomic.h>
#include <string.h>

#include "arch/arch.h"
#include "diag/diag.h"
#include "fault/fault.h"
#include "lock/lock.h"
#include "os/os.h"
#include "sched/oracle.h"
#include "sched/sched.h"
#include "sched/sched_priv.h"
#include "tests/models/explore.h"

#undef atomic_load
#undef atomic_load_explicit
#undef atomic_store
#undef atomic_store_explicit
#undef atomic_exchange
#undef atomic_exchange_explicit
#undef atomic_fetch_add
#undef atomic_fetch_add_explicit
#undef atomic_fetch_sub
#undef atomic_fetch_sub_explicit
#undef atomic_compare_exchange_strong
#undef atomic_compare_exchange_strong_explicit
#undef atomic_thread_fence

/* What *p holds, without _Atomic */
#define EX_TYPE(p) __typeof__((void)0, *(p))

#define atomic_load_explicit(p, order)                                        \
	({                                                                    \
		EX_TYPE(p) ex_v;                                              \
		uint64_t ex_w = ex_load((const void *)(p), sizeof(ex_v),      \
		    __func__);                                                \
		memcpy(&ex_v, &ex_w, sizeof(ex_v));                           \
		ex_v;                                                         \
	})
#define atomic_load(p) atomic_load_explicit(p, memory_order_seq_cst)

#define atomic_store_explicit(p, v, order)                                    \
	({                                                                    \
		EX_TYPE(p) ex_v = (v);                                        \
		uint64_t ex_w = 0;                                            \
		memcpy(&ex_w, &ex_v, sizeof(ex_v));                           \
		ex_store((void *)(p), sizeof(ex_v), ex_w,                     \
		    (int)(order) == (int)memory_order_seq_cst, __func__);     \
	})
#define atomic_store(p, v) atomic_store_explicit(p, v, memory_order_seq_cst)

/* old is ex_v; what is computed of it is written; the value is ex_v */
#define EX_RMW(p, compute)                                                    \
	({                                                                    \
		EX_TYPE(p) ex_v, ex_n;                                        \
		bool ex_weak;                                                 \
		uint64_t ex_w = ex_rmw_begin((void *)(p), sizeof(ex_v),       \
		    __func__, &ex_weak);                                      \
		memcpy(&ex_v, &ex_w, sizeof(ex_v));                           \
		ex_n = (compute);                                             \
		ex_w = 0;                                                     \
		memcpy(&ex_w, &ex_n, sizeof(ex_n));                           \
		ex_rmw_end((void *)(p), sizeof(ex_v), ex_w, ex_weak,          \
		    __func__);                                                \
		ex_v;                                                         \
	})
#define atomic_exchange_explicit(p, v, order) EX_RMW(p, v)
#define atomic_exchange(p, v) EX_RMW(p, v)
#define atomic_fetch_add_explicit(p, v, order) EX_RMW(p, ex_v + (v))
#define atomic_fetch_add(p, v) EX_RMW(p, ex_v + (v))
#define atomic_fetch_sub_explicit(p, v, order) EX_RMW(p, ex_v - (v))
#define atomic_fetch_sub(p, v) EX_RMW(p, ex_v - (v))

#define atomic_compare_exchange_strong(p, want, v)                            \
	({                                                                    \
		EX_TYPE(p) ex_v, ex_n = (v);                                  \
		bool ex_weak, ex_same;                                        \
		uint64_t ex_w = ex_rmw_begin((void *)(p), sizeof(ex_v),       \
		    __func__, &ex_weak);                                      \
		memcpy(&ex_v, &ex_w, sizeof(ex_v));                           \
		ex_same = ex_v == *(want);                                    \
		if (ex_same) {                                                \
			ex_w = 0;                                             \
			memcpy(&ex_w, &ex_n, sizeof(ex_n));                   \
			ex_rmw_end((void *)(p), sizeof(ex_v), ex_w, ex_weak,  \
			    __func__);                                        \
		} else {                                                      \
			*(want) = ex_v;                                       \
		}                                                             \
		ex_same;                                                      \
	})
#define atomic_compare_exchange_strong_explicit(p, want, v, good, bad)        \
	atomic_compare_exchange_strong(p, want, v)

#define atomic_thread_fence(order) ex_fence(__func__)
#define __atomic_load_n(p, order) atomic_load_explicit(p, order)
#define __atomic_store_n(p, v, order)                                         \
	atomic_store_explicit(p, v,                                           \
	    (order) == __ATOMIC_SEQ_CST ? memory_order_seq_cst :              \
	                                  memory_order_relaxed)

#endif
