//===- Names.cpp - How symbols of a live program are named ----------------===//

#include "ir/Names.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Demangle/Demangle.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/xxhash.h"

using namespace llvm;
using namespace nextframe;

static constexpr StringLiteral LocalMarker = ".in.";

std::string nextframe::unitTag(StringRef File) {
  std::string Tag;
  for (char C : File)
    Tag += isAlnum(C) ? C : '_';
  // Different paths can read the same after that; the hash keeps them apart.
  Tag += '.';
  Tag += utohexstr(xxh3_64bits(File) & 0xffffff, /*LowerCase=*/true, /*Width=*/6);
  return Tag;
}

std::string nextframe::localName(StringRef Name, StringRef Tag) {
  return (Name + LocalMarker + Tag).str();
}

std::string nextframe::bodyName(StringRef Function, Generation G) {
  return (Function + ".v" + Twine(number(G))).str();
}

std::optional<std::pair<StringRef, Generation>> nextframe::splitBodyName(StringRef Symbol) {
  auto [Function, Number] = Symbol.rsplit(".v");
  uint32_t G;
  if (Function.empty() || Number.empty() || !all_of(Number, isDigit) || Number.getAsInteger(10, G))
    return std::nullopt;
  return std::pair(Function, Generation{G});
}

bool nextframe::isInitialiserName(StringRef Function) { return Function.starts_with("init."); }

/// A lambda's number tells what it captures, to us alone.
static void dropLambdaNumbers(std::string &Name) {
  constexpr StringLiteral Mark = "'lambda";
  for (size_t At = 0; (At = Name.find(Mark.data(), At)) != std::string::npos;) {
    At += Mark.size();
    Name.erase(At, StringRef(Name).find_if_not(isDigit, At) - At);
  }
}

/// A file-local constant's name ends in its content: ".c" and sixteen digits.
static StringRef withoutContent(StringRef Name) {
  constexpr size_t Digits = 16;
  auto [Plain, Content] = Name.rsplit(".c");
  return Content.size() == Digits && all_of(Content, isHexDigit) ? Plain : Name;
}

std::string nextframe::displayName(StringRef Symbol) {
  std::string Name = demangle(withoutContent(Symbol.substr(0, Symbol.find(LocalMarker))));
  for (size_t At; (At = Name.find("[abi:")) != std::string::npos;)
    Name.erase(At, Name.find(']', At) - At + 1);
  dropLambdaNumbers(Name);
  return Name;
}
