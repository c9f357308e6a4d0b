//===- LinkSession.cpp - ORC as the program is linked with it -------------===//

#include "link/LinkSession.h"
#include "link/CodeGenerator.h"
#include "link/CodeMapPlugin.h"
#include "support/Diagnostics.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/ExecutionEngine/Orc/EHFrameRegistrationPlugin.h"
#include "llvm/ExecutionEngine/Orc/SelfExecutorProcessControl.h"
#include "llvm/IR/Module.h"

using namespace llvm;
using namespace nextframe;

// libgcc's.
extern "C" void __register_frame(const void *);
extern "C" void __deregister_frame(const void *);
struct dwarf_eh_bases {
  void *Text, *Data, *Function;
};
extern "C" const void *_Unwind_Find_FDE(void *, dwarf_eh_bases *);

Expected<std::unique_ptr<LinkSession>> LinkSession::create(bool ForPerf) {
  auto Dispatcher = std::make_unique<LinkDispatcher>();
  LinkDispatcher &Tasks = *Dispatcher;
  auto EPC = orc::SelfExecutorProcessControl::Create(nullptr, std::move(Dispatcher));
  if (!EPC)
    return EPC.takeError();
  std::unique_ptr<LinkSession> Result(new LinkSession(std::move(*EPC), Tasks));
  if (ForPerf) {
    auto Map = PerfMap::create();
    if (!Map)
      return Map.takeError();
    Result->Perf = std::move(*Map);
  }
  if (Error Err = Result->setUp())
    return std::move(Err);
  return std::move(Result);
}

LinkSession::~LinkSession() {
  if (Error Err = ES.endSession())
    consumeError(std::move(Err)); // The process ends; nobody can act on it.
  if (Memory)
    __deregister_frame(EntryUnwinding.data());
}

Error LinkSession::setUp() {
  auto Reserved = ProgramMemory::create();
  if (!Reserved)
    return Reserved.takeError();
  Memory = std::move(*Reserved);
  EntryUnwinding =
      makeUnwindTable(reinterpret_cast<void *>(Memory->entriesStart()), ProgramMemory::EntriesSize);
  __register_frame(EntryUnwinding.data());
  CodeLayer = std::make_unique<orc::ObjectLinkingLayer>(ES, Memory->forCode());
  DataLayer = std::make_unique<orc::ObjectLinkingLayer>(ES, Memory->forData());
  PrebuiltLayer = std::make_unique<orc::ObjectLinkingLayer>(ES, Memory->forCode());

  for (orc::ObjectLinkingLayer *Layer : {CodeLayer.get(), PrebuiltLayer.get()}) {
    auto Unwind = orc::EHFrameRegistrationPlugin::Create(ES);
    if (!Unwind)
      return Unwind.takeError();
    Layer->addPlugin(std::move(*Unwind));
  }
  CodeDebugger = std::make_shared<DebuggerPlugin>();
  DataDebugger = std::make_shared<DebuggerPlugin>();
  Direct = std::make_shared<DirectCalls>();
  addPlugin(*CodeLayer, CodeDebugger);
  addPlugin(*CodeLayer, std::make_shared<CodeMapPlugin>(Map, ProgramMemory::CodeLead));
  addPlugin(*DataLayer, DataDebugger);
  addPlugin(*DataLayer, std::make_shared<CodeMapPlugin>(Map, 0));
  addPlugin(*PrebuiltLayer, DataDebugger);
  for (orc::ObjectLinkingLayer *Layer : {CodeLayer.get(), DataLayer.get()})
    addPlugin(*Layer, Direct);
  Symbols = std::make_shared<LinkedSymbols>();
  addPlugin(*DataLayer, Symbols);
  addPlugin(*PrebuiltLayer, Symbols);
  if (Perf)
    for (orc::ObjectLinkingLayer *Layer : {CodeLayer.get(), DataLayer.get(), PrebuiltLayer.get()})
      addPlugin(*Layer, Perf);

  ES.setErrorReporter([this](Error E) {
    MutexLock Lock(Turn);
    Reported += toString(std::move(E)) + "\n";
  });
  auto JD = ES.createJITDylib("program");
  if (!JD)
    return JD.takeError();
  Program = &*JD;
  return addOwnSymbols();
}

/// What every program has besides its own.
Error LinkSession::addOwnSymbols() {
  auto Generator = CodeGenerator::create();
  if (!Generator)
    return Generator.takeError();
  LLVMContext Ctx;
  for (auto *Make : {makeDsoHandle, makeOperatorForms}) {
    auto Object = Generator->generate(*Make(Ctx), 0);
    if (!Object)
      return Object.takeError();
    if (Error Err = DataLayer->add(*Program, std::move(*Object)))
      return Err;
  }
  return Error::success();
}

void LinkSession::readyUnwinding() {
  // (libgcc 12 sorts an object when it first looks through it; it looks through all
  // of them for what it doesn't find.)
  dwarf_eh_bases Bases;
  _Unwind_Find_FDE(nullptr, &Bases);
}

Error LinkSession::causeOf(Error Err) {
  std::string Fallout = toString(std::move(Err));
  std::string Cause;
  for (StringRef Line : llvm::split(Reported, "\n"))
    if (!Line.empty() && !Line.starts_with("Failed to materialize"))
      Cause += (Cause.empty() ? "" : "\n") + Line.str();
  return makeError(diag::err_link, Cause.empty() ? Fallout : Cause);
}
