//===- ClockUses.cpp - Whether a source asks what time it is --------------===//

#include "compile/ClockUses.h"

#include "clang/Lex/MacroInfo.h"
#include "clang/Lex/PPCallbacks.h"
#include "clang/Lex/Token.h"

using namespace llvm;
using namespace nextframe;

namespace {

class ClockUses : public clang::PPCallbacks {
public:
  explicit ClockUses(bool &ReadsClock) : ReadsClock(ReadsClock) {}

  void MacroExpands(const clang::Token &Name, const clang::MacroDefinition &Macro,
                    clang::SourceRange, const clang::MacroArgs *) override {
    if (!Macro.getMacroInfo() || !Macro.getMacroInfo()->isBuiltinMacro())
      return;
    StringRef Text = Name.getIdentifierInfo()->getName();
    ReadsClock |= Text == "__DATE__" || Text == "__TIME__" || Text == "__TIMESTAMP__";
  }

private:
  bool &ReadsClock;
};

} // namespace

std::unique_ptr<clang::PPCallbacks> nextframe::noteClock(bool &ReadsClock) {
  return std::make_unique<ClockUses>(ReadsClock);
}
