//! What may be done with a record, and by whom: Traffic Light Protocol (FIRST, TLP 2.0), release list, the originator's
//! say, the source's consent.
//!
//! Nothing here looks anything up: who asks, who is in the case, and what the originator has agreed to are given. Every
//! door of a node (API, files, courier, paper) asks [`Handling::may`] for each record, and a record that is refused
//! leaves no trace in what goes out.

mod audience;
mod barred;

pub use audience::{Asker, Audience, Circle, NoRelease, ReleaseRequest, Use};
pub use barred::Barred;

use super::{Consent, Marking, Protection, Record, Summary, Tlp};
use crate::{directory::Role, id::OrgId};

/// What a record says of how it is to be handled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Handling {
    /// The organisation that wrote it: the originator.
    pub originator: OrgId,
    /// Who may see it.
    pub marking: Marking,
    /// People in it, and what they agreed to.
    pub protection: Protection,
}

impl Record {
    /// How it is to be handled.
    #[must_use]
    pub fn handling(&self) -> Handling {
        Handling {
            originator: self.organisation,
            marking: self.marking.clone(),
            protection: self.protection.unwrap_or_default(),
        }
    }
}

impl Summary {
    /// How the record is to be handled.
    #[must_use]
    pub fn handling(&self) -> Handling {
        Handling {
            originator: self.organisation,
            marking: Marking {
                tlp: self.tlp,
                releasable_to: self.releasable_to.clone(),
                originator_control: self.originator_control,
            },
            protection: self.protection.unwrap_or_default(),
        }
    }
}

impl Handling {
    /// Whether somebody may do this with the record.
    ///
    /// `agreed` holds what the originator has agreed to when the asker's organisation asked it; that lifts the limits of
    /// marking, release list and originator control, which are the originator's own. The source's consent it never lifts.
    ///
    /// # Errors
    /// The first thing that stands in the way, in words for a person. What nobody in the case can lift comes first.
    pub fn may(
        &self,
        wanted: &Use,
        asker: &Asker,
        circle: &Circle,
        agreed: &[Audience],
    ) -> Result<(), Barred> {
        let own = asker.organisation == self.originator;
        if asker.role == Role::Observer {
            match wanted {
                Use::Show if self.marking.tlp != Tlp::Red => {}
                Use::Show => return Err(Barred::ObserverOfRed),
                _ => return Err(Barred::Observer),
            }
        }
        if !own && !self.marking.lets(&asker.organisation) {
            return Err(Barred::NotARecipient);
        }
        match wanted {
            Use::Show => Ok(()),
            // What partners wrote came with their source's consent to partners, or should not have come at all.
            Use::Print | Use::Own if own => Ok(()),
            Use::Print | Use::Own => self.consents(Reach::Partners),
            Use::Courier(to) => self.carried_to(to, circle),
            Use::Hand(audience) => {
                self.consents(self.reach(audience, circle))?;
                if agreed.contains(audience) {
                    return Ok(());
                }
                self.marked_for(audience, own, circle)
            }
        }
    }

    /// How far an audience is from the source.
    fn reach(&self, audience: &Audience, circle: &Circle) -> Reach {
        match audience {
            Audience::Organisation(to) if *to == self.originator => Reach::Originator,
            Audience::Organisation(to) if circle.contains(to) => Reach::Partners,
            Audience::Court => Reach::Court,
            Audience::Organisation(_) | Audience::Served | Audience::Public => {
                Reach::Beyond(*audience)
            }
        }
    }

    fn consents(&self, reach: Reach) -> Result<(), Barred> {
        let wanted = match reach {
            Reach::Originator => return Ok(()),
            Reach::Partners => None,
            Reach::Court => Some(Audience::Court),
            Reach::Beyond(audience) => Some(audience),
        };
        let Some(given) = self.protection.consent else {
            return match wanted {
                Some(audience) if self.protection.identifies_person => {
                    Err(Barred::NoConsent(audience))
                }
                _ => Ok(()),
            };
        };
        let covered = match given {
            Consent::Internal => false,
            Consent::Partners => reach == Reach::Partners,
            Consent::Judicial => matches!(reach, Reach::Partners | Reach::Court),
            Consent::Public => true,
        };
        if covered {
            Ok(())
        } else {
            Err(Barred::Consent(given, wanted))
        }
    }

    /// Sealed entries on a file: the network on foot, to those who have a right to them anyhow.
    fn carried_to(&self, to: &OrgId, circle: &Circle) -> Result<(), Barred> {
        if !circle.contains(to) {
            return Err(Barred::NotInCase(*to));
        }
        if *to != self.originator && !self.marking.lets(to) {
            return Err(Barred::ReleaseList(Audience::Organisation(*to)));
        }
        self.consents(self.reach(&Audience::Organisation(*to), circle))
    }

    /// What marking, release list and originator control say.
    fn marked_for(&self, audience: &Audience, own: bool, circle: &Circle) -> Result<(), Barred> {
        let listed = !self.marking.releasable_to.is_empty();
        let tlp = self.marking.tlp;
        match audience {
            // Those who have it, or were named by the originator itself.
            Audience::Organisation(to) if *to == self.originator => return Ok(()),
            Audience::Organisation(to) if self.marking.releasable_to.contains(to) => return Ok(()),
            Audience::Organisation(to)
                if circle.contains(to) && !self.marking.needs_compartment() =>
            {
                return Ok(());
            }
            // No label speaks of courts. What it may tell one of its own reports, an organisation decides.
            Audience::Court if own => return Ok(()),
            _ => {}
        }
        if listed {
            return Err(Barred::ReleaseList(*audience));
        }
        let widest_needed = match audience {
            Audience::Served => Tlp::Amber,
            Audience::Organisation(_) => Tlp::Green,
            Audience::Court | Audience::Public => Tlp::Clear,
        };
        if tlp < widest_needed {
            return Err(Barred::Tlp(tlp, *audience));
        }
        if self.marking.originator_control && !own {
            return Err(Barred::OriginatorControl);
        }
        Ok(())
    }
}

/// How far from the source something goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reach {
    Originator,
    Partners,
    Court,
    Beyond(Audience),
}

#[cfg(test)]
mod tests;
