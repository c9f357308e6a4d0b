//===- PendingBatch.cpp - when a batch of saves is whole ------------------===//

#include "watch/PendingBatch.h"

#include "llvm/ADT/Twine.h"

#include <algorithm>

using namespace llvm;

namespace nextframe {

PendingBatch::File &PendingBatch::touch(StringRef Path, Time Now) {
  Last = Now;
  if (!First)
    First = Now;
  File &F = Files[Path.str()];
  F.Endless = false;
  F.Gone = false;
  return F;
}

void PendingBatch::written(StringRef Path, Time Now) {
  // What is written without end, such as a log, must not begin batches either.
  const auto Known = Files.find(Path.str());
  if (Known != Files.end() && Known->second.Endless)
    return;
  File &F = touch(Path, Now);
  F.Written = true;
  F.Open = true;
}

void PendingBatch::closed(StringRef Path, Time Now) {
  File &F = touch(Path, Now);
  F.Open = false;
  F.HoldUntil = Time::min();
}

void PendingBatch::createdEmpty(StringRef Path, Time Now) {
  File &F = touch(Path, Now);
  F.Written = true;
  F.Open = false;
  F.HoldUntil = Now + Limits.MaxBatch;
}

void PendingBatch::replaced(StringRef Path, bool StillOpen, Time Now) {
  File &F = touch(Path, Now);
  F.Written = true;
  F.Open = StillOpen;
  F.HoldUntil = Time::min();
}

void PendingBatch::found(StringRef Path, Time Now) {
  File &F = touch(Path, Now);
  F.HoldUntil = Now + Limits.Away;
}

void PendingBatch::gone(StringRef Path, Time Now) {
  const auto Known = Files.find(Path.str());
  if (Known != Files.end() && Known->second.Gone)
    return; // Heard twice; the first time counts.
  File &F = touch(Path, Now);
  F.Gone = true;
  F.Open = false;
  F.HoldUntil = Now + Limits.Away;
}

void PendingBatch::forget(StringRef Path) {
  Files.erase(Path.str());
  if (std::all_of(Files.begin(), Files.end(),
                  [](const auto &Entry) { return Entry.second.Endless; }))
    First.reset();
}

void PendingBatch::forgetWriters(Time Now) {
  for (auto &[Path, F] : Files) {
    if (!F.Open)
      continue;
    F.Open = false;
    F.Endless = false;
    F.HoldUntil = Now + Limits.Away;
    if (!First)
      First = Now;
    Last = Now;
  }
}

PendingBatch::Time PendingBatch::due() const {
  if (!First)
    return Time::max();
  const Time Forced = *First + Limits.MaxBatch;
  Time Whole = Last + Limits.Quiet;
  for (const auto &[Path, F] : Files) {
    if (F.Endless)
      continue;
    if (F.Open)
      return Forced;
    Whole = std::max(Whole, F.HoldUntil);
  }
  return std::min(Whole, Forced);
}

void PendingBatch::forEachClosed(function_ref<void(const std::string &)> Visit) const {
  for (const auto &[Path, F] : Files)
    if (!F.Open && !F.Gone)
      Visit(Path);
}

std::vector<std::string> PendingBatch::pathsBelow(StringRef Folder) const {
  const std::string Prefix = (Folder + "/").str();
  std::vector<std::string> Paths;
  for (auto At = Files.lower_bound(Prefix); At != Files.end(); ++At) {
    if (!StringRef(At->first).starts_with(Prefix))
      break;
    Paths.push_back(At->first);
  }
  return Paths;
}

std::vector<PendingBatch::Settled> PendingBatch::take(Time Now) {
  std::vector<Settled> Result;
  if (Now < due())
    return Result;
  for (auto At = Files.begin(); At != Files.end();) {
    File &F = At->second;
    if (F.Open)
      F.Endless = true;
    if (F.Open || Now < F.HoldUntil) {
      ++At;
      continue;
    }
    Result.push_back({At->first, F.Written});
    At = Files.erase(At);
  }
  restart(Now);
  return Result;
}

bool PendingBatch::isSole() const {
  const File *Sole = nullptr;
  for (const auto &[Path, F] : Files) {
    if (F.Endless)
      continue;
    if (Sole)
      return false;
    Sole = &F;
  }
  return First && Sole && Sole->Written && !Sole->Open && !Sole->Gone &&
         Sole->HoldUntil == Time::min();
}

std::vector<PendingBatch::Settled> PendingBatch::takeSole(Time Now) {
  const auto Sole =
      std::find_if(Files.begin(), Files.end(), [](const auto &F) { return !F.second.Endless; });
  std::vector<Settled> Result{{Sole->first, Sole->second.Written}};
  Files.erase(Sole);
  restart(Now);
  return Result;
}

/// Begins the next batch with what could not be taken.
void PendingBatch::restart(Time Now) {
  First.reset();
  for (const auto &[Path, F] : Files)
    if (!F.Endless)
      First = Now;
}

} // namespace nextframe
