//===- Facts.cpp - What is known about a compiled translation unit --------===//

#include "ir/Facts.h"

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/xxhash.h"

using namespace nextframe;

uint64_t RecordFacts::layoutHash() const {
  std::string Text;
  auto Add = [&](char Tag, llvm::StringRef S) { Text.append(1, Tag).append(S).append(1, '\0'); };
  Add('n', Name);
  Add('s', std::to_string(Size));
  Add('a', std::to_string(Align));
  Add('d', Dynamic ? "1" : "0");
  for (const FieldFacts &F : Fields) {
    Add('f', F.Name);
    Add('t', F.Meaning);
    Add('o', std::to_string(F.OffsetBits));
  }
  for (const std::string &V : Virtuals)
    Add('v', V);
  for (const std::string &B : Bases)
    Add('b', B);
  return llvm::xxh3_64bits(Text);
}
