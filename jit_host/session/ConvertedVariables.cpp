//===- ConvertedVariables.cpp - Values that go to homes of other types ----===//

#include "session/ConvertedVariables.h"
#include "ir/Names.h"
#include "state/Conversion.h"
#include "state/Homes.h"
#include "support/Diagnostics.h"

#include "llvm/ADT/STLExtras.h"

using namespace llvm;
using namespace nextframe;

static StringRef newHome(const Conversion &C, const LiveProgram &Next) {
  return Next.Variables.find(C.Variable)->second.Symbol;
}

ConvertedVariables::ConvertedVariables(const ReloadPlan &Plan, const StringMap<void *> &Addresses,
                                       const LiveProgram &Next) {
  for (const Conversion &C : Plan.Conversions)
    Items.push_back({C, Addresses.lookup(C.OldHome), Addresses.lookup(newHome(C, Next)),
                     Next.Variables.find(C.Variable)->second.Size});
}

std::vector<std::string> ConvertedVariables::wantedSymbols(const ReloadPlan &Plan,
                                                           const LiveProgram &Next) {
  std::vector<std::string> Wanted;
  for (const Conversion &C : Plan.Conversions) {
    Wanted.push_back(C.OldHome);
    Wanted.push_back(newHome(C, Next).str());
  }
  return Wanted;
}

/// A constant initialiser has left its value in the new home. One that computes the
/// value has not been run, but if it is the old one it would give the old value.
void ConvertedVariables::prepare(const Homes &Data) {
  for (Item &I : Items) {
    if (I.Initial || I.NewSize > Homes::LargestCompared)
      continue; // (A commit may be tried again.)
    auto *First = static_cast<const uint8_t *>(I.New);
    std::vector<uint8_t> Bytes(First, First + I.NewSize), AsBefore = Bytes;
    const uint8_t *Was = Data.initialBytes(I.What.Variable);
    bool IsKnown = Was && !nextframe::convert(I.What.From, Was, I.What.To, AsBefore.data());
    bool IsComputed = !I.What.MayReset || !I.What.Initialiser.empty();
    I.IsEdited = IsComputed ? I.What.MayReset : Was && AsBefore != Bytes;
    if (!IsComputed)
      I.Initial = std::move(Bytes);
    else if (IsKnown)
      I.Initial = std::move(AsBefore);
  }
}

/// Notes what the value of \p I would lose in its new home.
void ConvertedVariables::lookForLoss(Item &I, const Homes &Data) {
  if (auto Element = nextframe::convert(I.What.From, I.Old, I.What.To, I.New)) {
    I.Lost = Loss::Value;
    I.LostElement = *Element;
    return;
  }
  uint64_t Stay = I.What.To.elements();
  if (I.What.From.elements() <= Stay)
    return;
  const uint8_t *Was = Data.initialBytes(I.What.Variable);
  if (!Was)
    I.Lost = Loss::Unknown;
  else if (auto Element = firstDifference(I.What.From, I.Old, Was, Stay)) {
    I.Lost = Loss::Element;
    I.LostElement = *Element;
  }
}

bool ConvertedVariables::convert(const Homes &Data) {
  for (Item &I : Items) {
    I.TakesInitial = I.What.MayReset && Data.hasInitialBytes(I.What.Variable);
    if (!I.TakesInitial)
      lookForLoss(I, Data);
  }
  return none_of(Items, [](const Item &I) { return I.Lost != Loss::None; });
}

std::vector<std::string> ConvertedVariables::refusals() const {
  std::vector<std::string> Result;
  for (const Item &I : Items) {
    const Conversion &C = I.What;
    std::string Name = displayName(C.Variable);
    switch (I.Lost) {
    case Loss::None:
      break;
    case Loss::Value: {
      std::string Value = elementText(C.From, I.Old, I.LostElement);
      Result.push_back(C.From.Dimensions.empty()
                           ? message(diag::refuse_variable_value, Name, C.FromType, C.ToType, Value)
                           : message(diag::refuse_element_value, Name, C.FromType, C.ToType, Value,
                                     I.LostElement));
      break;
    }
    case Loss::Element:
      Result.push_back(
          message(diag::refuse_element_lost, Name, C.FromType, C.ToType, I.LostElement));
      break;
    case Loss::Unknown:
      Result.push_back(message(diag::refuse_elements_lost, Name, C.FromType, C.ToType));
      break;
    }
  }
  return Result;
}

std::vector<KeptVariable> ConvertedVariables::finish(Homes &Data,
                                                     std::vector<std::string> &TookNew) {
  std::vector<KeptVariable> Kept;
  for (const Item &I : Items) {
    const void *Initial = I.Initial ? I.Initial->data() : nullptr;
    Data.move(I.What.Variable, I.New, I.NewSize, I.TakesInitial ? I.New : Initial);
    if (I.IsEdited && !I.TakesInitial)
      Kept.push_back({I.What.Variable, message(diag::note_kept_changed)});
    else if (I.IsEdited && I.What.Initialiser.empty())
      TookNew.push_back(I.What.Variable); // (Else when it has been run.)
  }
  return Kept;
}

bool ConvertedVariables::contains(StringRef Variable) const {
  return any_of(Items, [&](const Item &I) { return I.What.Variable == Variable; });
}

bool ConvertedVariables::keepsValue(StringRef Variable) const {
  return any_of(Items,
                [&](const Item &I) { return I.What.Variable == Variable && !I.TakesInitial; });
}
