"""Events: what happened, stored, in order, delivered to consumers and open pages."""
