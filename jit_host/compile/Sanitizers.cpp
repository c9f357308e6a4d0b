//===- Sanitizers.cpp - Which sanitizers a command asks for ---------------===//

#include "compile/Sanitizers.h"

#include "clang/Basic/Sanitizers.h"

#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringExtras.h"

using namespace llvm;
using namespace nextframe;
using clang::SanitizerKind;
using clang::SanitizerMask;

/// Returns what "address,undefined" means.
static SanitizerMask parse(StringRef List) {
  SanitizerMask Result;
  for (StringRef Value : split(List, ','))
    Result |= expandSanitizerGroups(clang::parseSanitizerValue(Value, /*AllowGroups=*/true));
  return Result;
}

static SanitizerMask undefinedBehaviour() {
  return expandSanitizerGroups(SanitizerKind::Undefined | SanitizerKind::Integer |
                               SanitizerKind::Nullability | SanitizerKind::ImplicitConversion |
                               SanitizerKind::Bounds | SanitizerKind::FloatDivideByZero |
                               SanitizerKind::Vptr | SanitizerKind::Function);
}

std::string SanitizerUse::runtime() const {
  if (!NeedsRuntime)
    return "";
  return IsMinimal ? "clang_rt.ubsan_minimal-x86_64" : "clang_rt.ubsan_standalone-x86_64";
}

SanitizerUse nextframe::sanitizersOf(ArrayRef<std::string> Args) {
  SanitizerMask Used, Trapping;
  SanitizerUse Result;
  for (StringRef Arg : Args) {
    if (Arg.consume_front("-fsanitize="))
      Used |= parse(Arg);
    else if (Arg.consume_front("-fno-sanitize="))
      Used &= ~parse(Arg);
    else if (Arg.consume_front("-fsanitize-trap="))
      Trapping |= parse(Arg);
    else if (Arg.consume_front("-fno-sanitize-trap="))
      Trapping &= ~parse(Arg);
    else if (Arg == "-fsanitize-trap" || Arg == "-fsanitize-undefined-trap-on-error")
      Trapping = parse("all");
    else if (Arg == "-fsanitize-minimal-runtime")
      Result.IsMinimal = true;
  }
  SanitizerMask Possible = undefinedBehaviour();
  clang::SanitizerSet Refused;
  Refused.Mask = Used & ~Possible;
  SmallVector<StringRef, 4> Names;
  serializeSanitizerSet(Refused, Names);
  Result.Refused = join(Names, ",");
  Result.NeedsRuntime = static_cast<bool>(Used & Possible & ~Trapping);
  return Result;
}
