a={
"é"=1 # composed
"é"=2 # combining
"日本"=3 # wide
"👩‍👩‍👦"=4 # joined
"🇩🇪🇫🇷"=5 # flags
"한국"=6
"हिक्षि"=7 # conjunct
}
