//===- ParallelLink.h - Objects are linked on several threads -------------===//
//
// The first link of a program has hundreds of objects, and nothing of the program runs
// yet: it takes all cores. ORC and JITLink can do that; our plug-ins and our memory are
// written for one thread at a time, so they take turns.
//
//===----------------------------------------------------------------------===//

#ifndef NEXTFRAME_LINK_PARALLELLINK_H
#define NEXTFRAME_LINK_PARALLELLINK_H

#include "support/Mutex.h"

#include "llvm/ExecutionEngine/Orc/ObjectLinkingLayer.h"
#include "llvm/ExecutionEngine/Orc/TaskDispatch.h"
#include "llvm/Support/ThreadPool.h"

#include <memory>
#include <optional>

namespace nextframe {

/// Runs what ORC has to do on the thread that asks: a thread of ORC's own would have neither
/// the reload thread's priority nor its place in the design. Between beginParallel() and
/// endParallel() objects are linked on other threads.
class LinkDispatcher : public llvm::orc::TaskDispatcher {
public:
  void dispatch(std::unique_ptr<llvm::orc::Task> T) override;
  void shutdown() override {}

  /// From now on objects are linked on so many \p Threads. No link is under way.
  void beginParallel(unsigned Threads);
  /// Waits until all that is under way is done, and ends the threads.
  void endParallel();

private:
  std::optional<llvm::DefaultThreadPool> Pool;
};

/// Lets \p Plugin work on one object at a time, in turns with the others that have the same
/// \p Turn, which outlives the result. (Resources come and go between links, on one thread,
/// when the session is locked.)
std::shared_ptr<llvm::orc::ObjectLinkingLayer::Plugin>
inTurns(std::shared_ptr<llvm::orc::ObjectLinkingLayer::Plugin> Plugin, Mutex &Turn);

} // namespace nextframe

#endif // NEXTFRAME_LINK_PARALLELLINK_H
