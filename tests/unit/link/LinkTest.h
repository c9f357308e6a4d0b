//===- LinkTest.h - a linker, and units written as text -------------------===//

#ifndef NEXTFRAME_TESTS_UNIT_LINK_LINKTEST_H
#define NEXTFRAME_TESTS_UNIT_LINK_LINKTEST_H

#include "ir/Names.h"
#include "link/CodeGenerator.h"
#include "link/CodeMap.h"
#include "link/Libraries.h"
#include "link/Linker.h"
#include "support/Trace.h"

#include "llvm/AsmParser/Parser.h"
#include "llvm/Bitcode/BitcodeWriter.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/IR/Module.h"
#include "llvm/Support/SourceMgr.h"
#include "llvm/Support/raw_ostream.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace nextframe::test {

inline std::shared_ptr<const CompiledUnit> unit(llvm::StringRef Text) {
  llvm::LLVMContext Ctx;
  llvm::SMDiagnostic Error;
  auto M = llvm::parseAssemblyString(Text, Error, Ctx);
  if (!M) {
    Error.print("test", llvm::errs());
    std::abort();
  }
  auto Unit = std::make_shared<CompiledUnit>();
  Unit->File = "a.cpp";
  llvm::raw_svector_ostream OS(Unit->Bitcode);
  llvm::WriteBitcodeToFile(*M, OS);
  return Unit;
}

class LinkTest : public testing::Test {
protected:
  TraceFile Trace{""};
  std::unique_ptr<Libraries> Libs;
  std::unique_ptr<Linker> Link;
  unsigned Gen = 0;

  void SetUp() override {
    CodeGenerator::initialiseTarget();
    Libs = llvm::cantFail(Libraries::create());
    Link = llvm::cantFail(Linker::create(*Libs, Trace));
  }

  /// Links the next generation: \p Functions of the unit that \p Text is, each
  /// with a new entry where \p AreNew, and keeps it.
  LinkedCode link(llvm::StringRef Text, std::vector<std::string> Functions, bool AreNew) {
    LinkRequest Request = requestFor(Text, std::move(Functions), AreNew);
    LinkedCode Linked = llvm::cantFail(Link->link(Request));
    Link->keep();
    return Linked;
  }
  LinkRequest requestFor(llvm::StringRef Text, std::vector<std::string> Functions, bool AreNew) {
    LinkRequest Request;
    Request.Gen = Generation{Gen++};
    for (const std::string &F : Functions)
      if (AreNew)
        Request.NewEntries.push_back({F, bodyName(F, Request.Gen)});
      else
        Request.Redirects.push_back({F, F, bodyName(F, Request.Gen)});
    Request.Wanted = Functions;
    Request.Slices.push_back({unit(Text), std::move(Functions), {}, {}});
    return Request;
  }
  /// The body at \p Address, as "function/generation".
  std::string bodyAt(const void *Address) const {
    const BodyRange *Body = Link->codeMap().find(Address);
    return Body ? Body->Function + "/" + std::to_string(number(Body->Gen)) : "none";
  }
};

} // namespace nextframe::test

#endif // NEXTFRAME_TESTS_UNIT_LINK_LINKTEST_H
