/*===- nextframe.h - For programs that want to know about reloads ----------===*\
|*
|* Optional. A program that shows frames with GLFW needs nothing of this. One
|* that doesn't calls nextframe::safe_point() (C: nextframe_safe_point()) once
|* in a while from its main thread, where it is in the middle of nothing: there
|* a reload may give new globals their values.
|*
|* In an ahead-of-time build all of it is empty and costs nothing.
|*
\*===----------------------------------------------------------------------===*/

#ifndef NEXTFRAME_H
#define NEXTFRAME_H

#ifdef __cplusplus
extern "C" {
#endif

#ifdef NEXTFRAME_LIVE

/* A frame boundary: what is ready is applied here. Main thread only. */
void nextframe_safe_point(void);

/* How many reloads have been applied. Any thread. */
unsigned nextframe_generation(void);

/* Calls callback(context) on the main thread, at a frame boundary, after each
   reload that was applied. Any thread. */
void nextframe_on_reload(void (*callback)(void *context), void *context);

#else

static inline void nextframe_safe_point(void) {}
static inline unsigned nextframe_generation(void) { return 0; }
static inline void nextframe_on_reload(void (*callback)(void *context), void *context) {
  (void)callback;
  (void)context;
}

#endif

#ifdef __cplusplus
}

namespace nextframe {

inline void safe_point() { nextframe_safe_point(); }
inline unsigned generation() { return nextframe_generation(); }
inline void on_reload(void (*callback)()) {
  nextframe_on_reload([](void *context) { reinterpret_cast<void (*)()>(context)(); },
                      reinterpret_cast<void *>(callback));
}

} // namespace nextframe
#endif

#endif /* NEXTFRAME_H */
