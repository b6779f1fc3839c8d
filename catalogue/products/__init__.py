"""Varer og ydelser: form, price list, versions, publish, withdraw; the enterprise's pages."""
