%{ if on ~}
  yes
%{ else ~}
  no
%{ endif ~}
