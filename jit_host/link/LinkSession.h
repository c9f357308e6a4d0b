//===- LinkSession.h - ORC as the program is linked with it ---------------===//
//
// The session, the program's symbols, and a layer for each kind of object:
//
//   code      bodies, which go one day
//   data      variables and entries, which never do
//   prebuilt  what a build has compiled already: stays, and no code map knows it
//
// One thread at a time: the one that links. (Which may have others link for it: see
// ParallelLink.h.)
//
//===----------------------------------------------------------------------===//

#ifndef NEXTFRAME_LINK_LINKSESSION_H
#define NEXTFRAME_LINK_LINKSESSION_H

#include "link/CodeMap.h"
#include "link/DebuggerPlugin.h"
#include "link/DirectCalls.h"
#include "link/Entries.h"
#include "link/LinkedSymbols.h"
#include "link/ParallelLink.h"
#include "link/PerfMap.h"
#include "link/ProgramMemory.h"

#include "llvm/ExecutionEngine/Orc/Core.h"
#include "llvm/ExecutionEngine/Orc/ObjectLinkingLayer.h"
#include "llvm/Support/Error.h"

#include <memory>
#include <string>

namespace nextframe {

class LinkSession {
public:
  /// With \p ForPerf, perf is told what is linked. Errors when the system gives no memory, no
  /// file for that, or no host to link into.
  static llvm::Expected<std::unique_ptr<LinkSession>> create(bool ForPerf);
  ~LinkSession();

  llvm::orc::ExecutionSession &session() { return ES; }
  /// What the program's symbols are looked up in.
  llvm::orc::JITDylib &program() { return *Program; }
  llvm::orc::ObjectLinkingLayer &code() { return *CodeLayer; }
  llvm::orc::ObjectLinkingLayer &data() { return *DataLayer; }
  llvm::orc::ObjectLinkingLayer &prebuilt() { return *PrebuiltLayer; }
  /// Who links what: on which threads.
  LinkDispatcher &dispatcher() { return Tasks; }
  /// Adds \p Plugin, which takes turns with the others, to \p Layer.
  void addPlugin(llvm::orc::ObjectLinkingLayer &Layer,
                 std::shared_ptr<llvm::orc::ObjectLinkingLayer::Plugin> Plugin) {
    Layer.addPlugin(inTurns(std::move(Plugin), Turn));
  }
  llvm::orc::SymbolStringPtr intern(llvm::StringRef Symbol) { return ES.intern(Symbol); }

  const CodeMap &codeMap() const { return Map; }
  DirectCalls &directCalls() { return *Direct; }
  /// Whether perf is told what is linked.
  bool isForPerf() const { return Perf != nullptr; }
  /// What debuggers are told of code; of data and what was built before.
  DebuggerPlugin &codeDebugger() { return *CodeDebugger; }
  DebuggerPlugin &dataDebugger() { return *DataDebugger; }

  /// What was linked of entries and variables.
  LinkedSymbols &linkedSymbols() { return *Symbols; }

  /// Has the unwinder take in what has been linked since the last time. It would do so at
  /// the first throw, and take memory for it; who crashes inside of malloc() can't have any.
  static void readyUnwinding();

  /// Forgets what ORC has reported so far.
  void beginLink() { Reported.clear(); }
  /// Returns the cause of \p Err, as ORC has reported it since beginLink(). (The error
  /// itself mostly lists every symbol that the failure took with it.)
  llvm::Error causeOf(llvm::Error Err);

private:
  LinkSession(std::unique_ptr<llvm::orc::ExecutorProcessControl> EPC, LinkDispatcher &Tasks)
      : ES(std::move(EPC)), Tasks(Tasks) {}
  llvm::Error setUp();
  llvm::Error addOwnSymbols();

  // Destroyed last to first: the layers use the session and the memory, their
  // plug-ins the map.
  CodeMap Map;
  std::unique_ptr<ProgramMemory> Memory;
  UnwindTable EntryUnwinding{};
  Mutex Turn; ///< Of the plug-ins.
  llvm::orc::ExecutionSession ES;
  LinkDispatcher &Tasks; ///< The session's.
  std::unique_ptr<llvm::orc::ObjectLinkingLayer> CodeLayer, DataLayer, PrebuiltLayer;
  std::shared_ptr<DebuggerPlugin> CodeDebugger, DataDebugger;
  std::shared_ptr<LinkedSymbols> Symbols;
  std::shared_ptr<PerfMap> Perf;
  std::shared_ptr<DirectCalls> Direct;
  llvm::orc::JITDylib *Program = nullptr;
  std::string Reported;
};

} // namespace nextframe

#endif // NEXTFRAME_LINK_LINKSESSION_H
