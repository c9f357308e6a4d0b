// Coroutines of a generated program: each yields some numbers.

#ifndef STEPS_H
#define STEPS_H

#include <coroutine>

struct Steps {
  struct promise_type {
    unsigned value = 0;
    Steps get_return_object() { return {std::coroutine_handle<promise_type>::from_promise(*this)}; }
    std::suspend_always initial_suspend() { return {}; }
    std::suspend_always final_suspend() noexcept { return {}; }
    std::suspend_always yield_value(unsigned v) {
      value = v;
      return {};
    }
    void return_void() {}
    void unhandled_exception() { throw; }
  };
  std::coroutine_handle<promise_type> handle;
};

/// Goes through all steps of a coroutine that was just called; what it yields as one number.
inline unsigned fuzz_run(Steps steps) {
  struct Owner {
    std::coroutine_handle<Steps::promise_type> handle;
    ~Owner() { handle.destroy(); }
  } owner{steps.handle};
  unsigned result = 0;
  for (owner.handle.resume(); !owner.handle.done(); owner.handle.resume())
    result = result * 7u + owner.handle.promise().value;
  return result;
}

#endif
