/*
 * fiber_san.h - telling the sanitizers that a thread changes its stack.
 *
 * AddressSanitizer wants to know the bounds of the stack it is on, before a
 * switch and after; ThreadSanitizer gives each stack an identity of its own
 * (a "fiber") and wants the change announced just before the switch. Without
 * a sanitizer all of this is nothing.
 *
 *   before leaving `from` for `to`:  rt_san_leave(from, to)
 *   after arriving on `me`:          rt_san_arrive(me, from)
 *   a stack is finished with:        rt_san_leave_for_ever(from, to)
 *   ... with calls that won't return: rt_san_abandon(from) before that
 *   ... and may be used again:       rt_san_stack_clean(it), from outside
 *
 * g0 takes part like any other: its stack's bounds are what ASan reports at
 * the first arrival elsewhere, its fiber is the thread's own.
 *
 * ThreadSanitizer holds a slot for each fiber and ends near 8,000: a program
 * under it can't have more goroutines than that at one time. Fibers are kept
 * with the g (created once a slot, made anew only if a life ended in the midst
 * of calls), so a program may well make more than 8,000 goroutines one after the other. A goroutine
 * that inherits a dead one's fiber inherits its happens-before too: a race
 * between two lives of one g is not reported. The price of destroying and
 * creating one each time is some 10 us a goroutine.
 *
 * ThreadSanitizer has locks of its own, for each atomic variable among others.
 * Whoever reports a crash has stopped all threads where they were, perhaps in
 * there, and may himself be a handler that interrupted it. So the report runs
 * on a fiber that is deaf: nothing is watched on it, and no such lock taken. It
 * is made at boot (rt_san_deaf_new), as making one takes locks too, and is one
 * thread's at most, for good (rt_san_deafen). In the midst of a change of fibers
 * a thread can't change to that one; a signal that will end the process is held
 * back until the first change is done.
 *
 * AddressSanitizer's fake stacks (detect_stack_use_after_return) would move
 * locals to the heap, out of the collector's sight; tests run with it off.
 */
#ifndef RT_FIBER_SAN_H
#define RT_FIBER_SAN_H

#include "runtime2.h"

#if defined(__SANITIZE_ADDRESS__)
#define RT_ASAN 1
#endif
#if defined(__SANITIZE_THREAD__)
#define RT_TSAN 1
#endif
#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define RT_ASAN 1
#endif
#if __has_feature(thread_sanitizer)
#define RT_TSAN 1
#endif
#endif

#if defined(RT_ASAN) || defined(RT_TSAN)
#define RT_SANITIZED 1
#endif

/* For a function that begins on one fiber and ends on another: no shadow
 * calls, or the two fibers' shadow stacks would drift. */
#if defined(__clang__)
#define RT_SAN_OFF __attribute__((disable_sanitizer_instrumentation))
#else
#define RT_SAN_OFF                                                             \
	__attribute__((no_sanitize("thread"), no_sanitize("address")))
#endif

/* Always inline: a call that begins on one fiber must not end on another. */
#define RT_SAN_INLINE static inline __attribute__((always_inline))

#ifdef RT_ASAN

void __sanitizer_start_switch_fiber(void **save, const void *bottom, size_t n);
void __sanitizer_finish_switch_fiber(void *save, const void **old, size_t *n);
void __asan_unpoison_memory_region(void const volatile *addr, size_t n);

RT_SAN_INLINE void
rt_san_leave(struct g *from, struct g *to)
{
	__sanitizer_start_switch_fiber(&from->fiber_fake,
	    (void *)to->stack.lo, to->stack.hi - to->stack.lo);
}

RT_SAN_INLINE void
rt_san_leave_for_ever(struct g *from, struct g *to)
{
	__sanitizer_start_switch_fiber(NULL, (void *)to->stack.lo,
	    to->stack.hi - to->stack.lo);
}

RT_SAN_INLINE void
rt_san_arrive(struct g *me, struct g *from)
{
	const void *old;
	size_t n;

	__sanitizer_finish_switch_fiber(me->fiber_fake, &old, &n);
	if (from != NULL && from->stack.lo != (uintptr_t)old) {
		from->stack.lo = (uintptr_t)old;
		from->stack.hi = (uintptr_t)old + n;
	}
}

/* Frames that were jumped out of leave poison behind. */
RT_SAN_INLINE void
rt_san_stack_clean(struct g *gp)
{
	__asan_unpoison_memory_region((void *)gp->stack.lo,
	    gp->stack.hi - gp->stack.lo);
}

RT_SAN_INLINE void
rt_san_abandon(struct g *gp)
{
}

RT_SAN_INLINE void
rt_san_fiber_new(struct g *gp)
{
}

RT_SAN_INLINE void
rt_san_fiber_thread(struct g *g0)
{
}

#elif defined(RT_TSAN)

void *__tsan_get_current_fiber(void);
void *__tsan_create_fiber(unsigned flags);
void __tsan_destroy_fiber(void *fiber);
void __tsan_switch_to_fiber(void *fiber, unsigned flags);
void __tsan_ignore_thread_begin(void);
void AnnotateIgnoreSyncBegin(const char *file, int line);

/* os/signal_unix.c: send the thread again what was held back. */
void rt_san_send_held(struct m *mp);

/* Around what changes fibers: creating and destroying do so too. */
RT_SAN_INLINE struct m *
rt_san_begin(void)
{
	struct g *gp = rt_getg();
	struct m *mp = gp == NULL ? NULL : gp->m;

	if (mp != NULL)
		mp->sanbusy++;
	__asm__ volatile("" ::: "memory");
	return mp;
}

RT_SAN_INLINE void
rt_san_end(struct m *mp)
{
	__asm__ volatile("" ::: "memory");
	if (mp == NULL)
		return;
	mp->sanbusy--;
	__asm__ volatile("" ::: "memory");
	if (mp->sanheldsig != 0)
		rt_san_send_held(mp);
}

RT_SAN_INLINE void
rt_san_switch(void *fiber)
{
	struct m *mp = rt_san_begin();

	__tsan_switch_to_fiber(fiber, 0);
	rt_san_end(mp);
}

RT_SAN_INLINE void
rt_san_leave(struct g *from, struct g *to)
{
	rt_san_switch(to->fiber);
}

RT_SAN_INLINE void
rt_san_leave_for_ever(struct g *from, struct g *to)
{
	rt_san_switch(to->fiber);
}

RT_SAN_INLINE void
rt_san_arrive(struct g *me, struct g *from)
{
}

/* A fiber whose calls did not all return would fill its shadow stack, life
 * after life: it is made anew. fiber_fake, ASan's otherwise, marks it. */
RT_SAN_INLINE void
rt_san_stack_clean(struct g *gp)
{
	struct m *mp;

	if (gp->fiber_fake == NULL)
		return;
	gp->fiber_fake = NULL;
	mp = rt_san_begin();
	__tsan_destroy_fiber(gp->fiber);
	gp->fiber = __tsan_create_fiber(0);
	rt_san_end(mp);
}

RT_SAN_INLINE void
rt_san_abandon(struct g *gp)
{
	gp->fiber_fake = gp;
}

RT_SAN_INLINE void
rt_san_fiber_new(struct g *gp)
{
	struct m *mp = rt_san_begin();

	gp->fiber = __tsan_create_fiber(0);
	rt_san_end(mp);
}

RT_SAN_INLINE void
rt_san_fiber_thread(struct g *g0)
{
	g0->fiber = __tsan_get_current_fiber();
}

RT_SAN_INLINE void *
rt_san_deaf_new(void)
{
	void *me = __tsan_get_current_fiber(), *deaf = __tsan_create_fiber(0);

	__tsan_switch_to_fiber(deaf, 0);
	AnnotateIgnoreSyncBegin(__FILE__, __LINE__);
	__tsan_ignore_thread_begin();
	__tsan_switch_to_fiber(me, 0);
	return deaf;
}

RT_SAN_INLINE void
rt_san_deafen(void *deaf)
{
	enum { NO_SYNC = 1 };

	if (deaf != NULL && deaf != __tsan_get_current_fiber())
		__tsan_switch_to_fiber(deaf, NO_SYNC);
}

#else

RT_SAN_INLINE void
rt_san_leave(struct g *from, struct g *to)
{
}

RT_SAN_INLINE void
rt_san_leave_for_ever(struct g *from, struct g *to)
{
}

RT_SAN_INLINE void
rt_san_arrive(struct g *me, struct g *from)
{
}

RT_SAN_INLINE void
rt_san_stack_clean(struct g *gp)
{
}

RT_SAN_INLINE void
rt_san_abandon(struct g *gp)
{
}

RT_SAN_INLINE void
rt_san_fiber_new(struct g *gp)
{
}

RT_SAN_INLINE void
rt_san_fiber_thread(struct g *g0)
{
}

#endif

#ifndef RT_TSAN

RT_SAN_INLINE void *
rt_san_deaf_new(void)
{
	return NULL;
}

RT_SAN_INLINE void
rt_san_deafen(void *deaf)
{
}

#endif
#endif
