/* What a generated program and its driver have in common. C and C++.

   A program's state is visited variable by variable: value = visit(name, value).
   To dump it, each visit writes its value down and gives it back; to load it, each
   gives back what was read under that name. */

#ifndef FUZZ_H
#define FUZZ_H

#ifdef __cplusplus
extern "C" {
#endif

enum FuzzMode { FuzzRuns, FuzzDumps, FuzzLoads };
extern enum FuzzMode fuzz_mode;

long long fuzz_integer(const char *name, long long value);
double fuzz_real(const char *name, double value);
const char *fuzz_text(const char *name, const char *value);
/* The name of one element of an array; valid for the next few calls. */
const char *fuzz_at(const char *name, unsigned index);

/* Notes what a function has answered. */
void fuzz_answer(const char *name, unsigned value);
unsigned fuzz_hash(const char *text);

#ifdef __cplusplus
}

#define FUZZ_ASK(name, call)                                                                       \
  try {                                                                                            \
    fuzz_answer(name, call);                                                                       \
  } catch (unsigned thrown) {                                                                      \
    fuzz_answer(name "!", thrown);                                                                 \
  }

/* Gives a constant that is initialised at the start another value. An optimiser may have
   initialised it already, in memory that nobody may write to. */
#ifdef __OPTIMIZE__
#define FUZZ_SET(type, constant) (void)
#else
#define FUZZ_SET(type, constant) const_cast<type &>(constant) =
#endif

/* A closure on the heap that is called through a pointer. */
struct Stored {
  unsigned (*call)(void *closure, unsigned) = nullptr;
  void *closure = nullptr;
};
template <typename T> unsigned callStored(void *closure, unsigned a) {
  return (*static_cast<T *>(closure))(a);
}
template <typename T> Stored store(T closure) { return {callStored<T>, new T(closure)}; }
#else
#define FUZZ_ASK(name, call) fuzz_answer(name, call)
#endif

#endif
