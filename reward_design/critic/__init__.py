"""The critic's role: judges reward programs before they are trained."""
