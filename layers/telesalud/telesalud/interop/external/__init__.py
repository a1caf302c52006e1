"""What other systems wrote about a patient: shown in the chart, and adopted by clinicians."""
