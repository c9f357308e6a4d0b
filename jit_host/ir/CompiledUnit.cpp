//===- CompiledUnit.cpp - What the compiler hands to the linker -----------===//

#include "ir/CompiledUnit.h"
#include "ir/MergeUnits.h"

#include "llvm/Support/xxhash.h"

using namespace nextframe;

namespace {

/// Takes values into a hash, one after the other.
class Digest {
public:
  Digest &operator<<(llvm::StringRef Text) {
    *this << Text.size();
    Bytes.append(Text.begin(), Text.end());
    return *this;
  }
  Digest &operator<<(uint64_t Number) {
    Bytes.append(reinterpret_cast<const char *>(&Number), sizeof(Number));
    return *this;
  }
  uint64_t value() const { return llvm::xxh3_64bits(Bytes); }

private:
  std::string Bytes;
};

} // namespace

static uint64_t hashRest(const UnitFacts &Facts) {
  Digest D;
  for (const VariableFacts &V : Facts.Variables) {
    if (V.Kind == DataKind::Literal)
      continue;
    D << V.Name << uint64_t(V.Bind) << uint64_t(V.Kind) << V.ThreadLocal << V.Size << V.Align
      << V.ContentHash << V.TypeHash << V.Section << V.TypeName << V.Meaning << V.InitialiserText;
    for (SymbolIndex I : V.References)
      D << Facts.Symbols[I];
  }
  for (const InitialiserFacts &I : Facts.Initialisers)
    D << I.Function << I.Variable << I.Priority;
  for (const FinaliserFacts &F : Facts.Finalisers)
    D << F.Function << F.Priority;
  for (const AliasFacts &A : Facts.Aliases)
    D << A.Name << A.Target << A.IsFunction << uint64_t(A.Bind);
  for (const RecordFacts &R : Facts.Records)
    D << R.key() << R.layoutHash();
  for (const HiddenObjects &H : Facts.Hidden)
    D << Facts.Types[H.Type] << uint64_t(H.How) << H.File;
  D << Facts.Assembly.Text;
  return D.value();
}

FactIndex::FactIndex(const UnitFacts &Facts) {
  for (uint32_t I = 0; I != Facts.Functions.size(); ++I)
    Functions[Facts.Functions[I].Name] = I;
  for (uint32_t I = 0; I != Facts.Variables.size(); ++I)
    Variables[Facts.Variables[I].Name] = I;
  for (uint32_t I = 0; I != Facts.Records.size(); ++I)
    Records.try_emplace(Facts.Records[I].key(), I);
  Rest = hashRest(Facts);
}

const UnitFacts &CompiledUnit::facts() const {
  if (!Base)
    return Facts;
  if (!Merged)
    Merged = std::make_shared<const UnitFacts>(mergeFacts(*Base, Facts));
  return *Merged;
}
