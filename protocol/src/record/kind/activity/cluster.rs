//! Who coordinates what: the clusters of the Inter-Agency Standing Committee (IASC).

use crate::record::choices::choices;

choices! {
    /// The IASC clusters.
    Cluster as "cluster" {
        /// Camp coordination and camp management.
        CampCoordination = "camp-coordination-and-camp-management",
        /// Early recovery.
        EarlyRecovery = "early-recovery",
        /// Education.
        Education = "education",
        /// Emergency telecommunications.
        Telecommunications = "emergency-telecommunications",
        /// Food security.
        FoodSecurity = "food-security",
        /// Health.
        Health = "health",
        /// Logistics.
        Logistics = "logistics",
        /// Nutrition.
        Nutrition = "nutrition",
        /// Protection.
        Protection = "protection",
        /// Shelter.
        Shelter = "shelter",
        /// Water, sanitation and hygiene.
        Water = "water-sanitation-and-hygiene",
    }
}

choices! {
    /// The areas of responsibility of the protection cluster.
    Responsibility as "area of responsibility" {
        /// Child protection.
        ChildProtection = "child-protection",
        /// Gender-based violence.
        GenderBasedViolence = "gender-based-violence",
        /// Housing, land and property.
        HousingLandAndProperty = "housing-land-and-property",
        /// Mine action.
        MineAction = "mine-action",
    }
}
