//===- Mutex.h - A mutex that clang's thread-safety analysis checks -------===//
//
// std::mutex carries no capability annotations in libstdc++, so data could not
// be marked GUARDED_BY it. This wrapper adds them and nothing else.
//
//===----------------------------------------------------------------------===//

#ifndef NEXTFRAME_SUPPORT_MUTEX_H
#define NEXTFRAME_SUPPORT_MUTEX_H

#include <chrono>
#include <condition_variable>
#include <mutex>

#define NF_CAPABILITY(x) __attribute__((capability(x)))
#define NF_SCOPED_CAPABILITY __attribute__((scoped_lockable))
#define NF_GUARDED_BY(x) __attribute__((guarded_by(x)))
#define NF_REQUIRES(...) __attribute__((requires_capability(__VA_ARGS__)))
#define NF_EXCLUDES(...) __attribute__((locks_excluded(__VA_ARGS__)))
#define NF_ACQUIRE(...) __attribute__((acquire_capability(__VA_ARGS__)))
#define NF_RELEASE(...) __attribute__((release_capability(__VA_ARGS__)))
#define NF_NO_ANALYSIS __attribute__((no_thread_safety_analysis))

namespace nextframe {

/// A std::mutex whose users -Wthread-safety checks. Thread-safe.
class NF_CAPABILITY("mutex") Mutex {
public:
  void lock() NF_ACQUIRE() { M.lock(); }
  void unlock() NF_RELEASE() { M.unlock(); }

private:
  std::mutex M;
};

/// Holds a Mutex for a scope. Also what a ConditionVariable waits on.
class NF_SCOPED_CAPABILITY MutexLock {
public:
  explicit MutexLock(Mutex &M) NF_ACQUIRE(M) : M(M) { M.lock(); }
  ~MutexLock() NF_RELEASE() { M.unlock(); }
  MutexLock(const MutexLock &) = delete;
  MutexLock &operator=(const MutexLock &) = delete;

private:
  Mutex &M;
};

/// A condition variable that waits on a Mutex. Thread-safe.
class ConditionVariable {
public:
  /// Releases \p M, waits for a notification or \p Timeout, and takes \p M
  /// again. Returns early without cause: test the condition in a loop.
  void waitFor(Mutex &M, std::chrono::nanoseconds Timeout) NF_REQUIRES(M) NF_NO_ANALYSIS {
    CV.wait_for(M, Timeout);
  }
  void notifyAll() { CV.notify_all(); }

private:
  std::condition_variable_any CV;
};

} // namespace nextframe

#endif // NEXTFRAME_SUPPORT_MUTEX_H
