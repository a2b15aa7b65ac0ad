"""An icon in the panel that shows how accounts fare, with a menu that tells the daemon what to do."""
