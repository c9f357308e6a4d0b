//===- ParallelLink.cpp - Objects are linked on several threads -----------===//

#include "link/ParallelLink.h"

#include "llvm/ExecutionEngine/JITLink/JITLink.h"
#include "llvm/ExecutionEngine/Orc/Core.h"

using namespace llvm;
using namespace nextframe;

void LinkDispatcher::dispatch(std::unique_ptr<orc::Task> T) {
  if (Pool && T->isA<orc::MaterializationTask>())
    Pool->async([Shared = std::shared_ptr<orc::Task>(std::move(T))] { Shared->run(); });
  else
    T->run();
}

void LinkDispatcher::beginParallel(unsigned Threads) {
  Pool.emplace(hardware_concurrency(Threads));
}

void LinkDispatcher::endParallel() {
  if (!Pool)
    return;
  // What was asked for is there, but objects that come along are still being linked, and ask
  // for others: a pool that is being destroyed takes no more tasks (and waits for ever).
  Pool->wait();
  Pool.reset();
}

namespace {

class InTurns : public orc::ObjectLinkingLayer::Plugin {
public:
  InTurns(std::shared_ptr<orc::ObjectLinkingLayer::Plugin> Inner, Mutex &Turn)
      : Inner(std::move(Inner)), Turn(Turn) {}

  void modifyPassConfig(orc::MaterializationResponsibility &MR, jitlink::LinkGraph &G,
                        jitlink::PassConfiguration &Config) override {
    jitlink::PassConfiguration Own;
    {
      MutexLock Lock(Turn);
      Inner->modifyPassConfig(MR, G, Own);
    }
    using jitlink::PassConfiguration;
    for (auto List : {&PassConfiguration::PrePrunePasses, &PassConfiguration::PostPrunePasses,
                      &PassConfiguration::PostAllocationPasses, &PassConfiguration::PreFixupPasses,
                      &PassConfiguration::PostFixupPasses})
      for (jitlink::LinkGraphPassFunction &Pass : Own.*List)
        (Config.*List).push_back([this, Pass = std::move(Pass)](jitlink::LinkGraph &Graph) mutable {
          MutexLock Lock(Turn);
          return Pass(Graph);
        });
  }
  void notifyMaterializing(orc::MaterializationResponsibility &MR, jitlink::LinkGraph &G,
                           jitlink::JITLinkContext &Ctx, MemoryBufferRef File) override {
    MutexLock Lock(Turn);
    Inner->notifyMaterializing(MR, G, Ctx, File);
  }
  Error notifyEmitted(orc::MaterializationResponsibility &MR) override {
    MutexLock Lock(Turn);
    return Inner->notifyEmitted(MR);
  }
  Error notifyFailed(orc::MaterializationResponsibility &MR) override {
    MutexLock Lock(Turn);
    return Inner->notifyFailed(MR);
  }
  Error notifyRemovingResources(orc::JITDylib &JD, orc::ResourceKey Key) override {
    return Inner->notifyRemovingResources(JD, Key);
  }
  void notifyTransferringResources(orc::JITDylib &JD, orc::ResourceKey To,
                                   orc::ResourceKey From) override {
    Inner->notifyTransferringResources(JD, To, From);
  }

private:
  std::shared_ptr<orc::ObjectLinkingLayer::Plugin> Inner;
  Mutex &Turn;
};

} // namespace

std::shared_ptr<orc::ObjectLinkingLayer::Plugin>
nextframe::inTurns(std::shared_ptr<orc::ObjectLinkingLayer::Plugin> Plugin, Mutex &Turn) {
  return std::make_shared<InTurns>(std::move(Plugin), Turn);
}
