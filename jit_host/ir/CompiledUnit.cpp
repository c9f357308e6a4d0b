//===- CompiledUnit.cpp - What the compiler hands to the linker -----------===//

#include "ir/CompiledUnit.h"

using namespace nextframe;

FactIndex::FactIndex(const UnitFacts &Facts) {
  for (uint32_t I = 0; I != Facts.Functions.size(); ++I) {
    const std::string &Name = Facts.Functions[I].Name;
    Functions[Name] = I;
    // A name inside of a function begins with another Z: see Merger::lost().
    if (llvm::StringRef(Name).drop_front(Name.starts_with("_Z") ? 2 : 0).contains('Z'))
      Locals.push_back(I);
  }
  for (uint32_t I = 0; I != Facts.Variables.size(); ++I)
    Variables[Facts.Variables[I].Name] = I;
}
